package bramble.cli;

import bramble.event.Tally;

/** Ansible's colours, on a terminal only. */
record Colours(boolean on) {
    String green(String text) {
        return paint(Tone.GOOD, text);
    }

    String red(String text) {
        return paint(Tone.BAD, text);
    }

    String cyan(String text) {
        return paint(Tone.QUIET, text);
    }

    String yellow(String text) {
        return paint(Tone.CHANGE, text);
    }

    String magenta(String text) {
        return paint(Tone.WARNING, text);
    }

    String grey(String text) {
        return paint(Tone.DIM, text);
    }

    String blue(String text) {
        return paint(Tone.DETAIL, text);
    }

    String recap(Tally tally, String line) {
        if (tally.failed() > 0 || tally.unreachable() > 0) {
            return red(line);
        }
        return tally.changed() > 0 ? yellow(line) : green(line);
    }

    String paint(Tone tone, String text) {
        if (!on || tone.code().isEmpty()) {
            return text;
        }
        String begin = "\u001b[" + tone.code() + "m";
        String end = "\u001b[0m";
        return begin + text.replace("\n", end + "\n" + begin) + end; // each line by itself, so that pagers keep it
    }
}
