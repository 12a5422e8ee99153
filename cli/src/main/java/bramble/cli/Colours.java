package bramble.cli;

import bramble.event.Tally;

/** Ansible's colours, on a terminal only. */
record Colours(boolean on) {
    String green(String text) {
        return paint("0;32", text);
    }

    String yellow(String text) {
        return paint("0;33", text);
    }

    String red(String text) {
        return paint("0;31", text);
    }

    String cyan(String text) {
        return paint("0;36", text);
    }

    String magenta(String text) {
        return paint("1;35", text);
    }

    String grey(String text) {
        return paint("1;30", text);
    }

    String recap(Tally tally, String line) {
        if (tally.failed() > 0 || tally.unreachable() > 0) {
            return red(line);
        }
        return tally.changed() > 0 ? yellow(line) : green(line);
    }

    private String paint(String code, String text) {
        return on ? "\u001b[" + code + "m" + text + "\u001b[0m" : text;
    }
}
