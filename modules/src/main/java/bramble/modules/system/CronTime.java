package bramble.modules.system;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A field of the time in a line of a crontab. What no cron reads is refused: that of BusyBox would take it without a word,
 * and so would all of them in a file.
 */
record CronTime(String name, int first, int last, List<String> words) {
    private static final List<CronTime> FIELDS = List.of(new CronTime("minute", 0, 59, List.of()),
            new CronTime("hour", 0, 23, List.of()), new CronTime("day", 1, 31, List.of()),
            new CronTime("month", 1, 12,
                    List.of("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")),
            new CronTime("weekday", 0, 7, List.of("sun", "mon", "tue", "wed", "thu", "fri", "sat")));

    private static final Pattern PART = Pattern
            .compile("(?:\\*|(?<from>\\w*)(?:[-~](?<to>\\w*))?)(?:/(?<step>\\d+))?");

    /** Why no cron would run the job. */
    static Optional<String> mistake(CronModule.Args args) {
        List<String> given = List.of(args.minute(), args.hour(), args.day(), args.month(), args.weekday());
        for (int i = 0; i < given.size(); i++) {
            if (!FIELDS.get(i).takes(given.get(i))) {
                return Optional.of(FIELDS.get(i).refusal(given.get(i)));
            }
        }
        return Optional.empty();
    }

    private boolean takes(String text) {
        return List.of(text.split(",", -1)).stream().allMatch(this::takesPart);
    }

    private boolean takesPart(String part) {
        Matcher matcher = PART.matcher(part);
        if (!matcher.matches()) {
            return false;
        }
        String from = matcher.group("from");
        String to = matcher.group("to");
        boolean random = part.contains("~"); // of which either end may be left out
        return (from == null || (random && from.isEmpty()) || isOne(from))
                && (to == null || (random && to.isEmpty()) || isOne(to))
                && (matcher.group("step") == null || !matcher.group("step").matches("0+"));
    }

    private boolean isOne(String word) {
        if (word.matches("\\d{1,4}")) {
            int number = Integer.parseInt(word);
            return number >= first && number <= last;
        }
        return word.length() >= 3 && words.contains(word.substring(0, 3).toLowerCase(Locale.ROOT));
    }

    private String refusal(String text) {
        return "no cron takes the " + name + " '" + text + "': " + name + "s are " + first + " to " + last
                + (words.isEmpty() ? "" : " or " + words.getFirst() + " to " + words.getLast())
                + ", with * for all of them, - between two, , between several, / before a step";
    }
}
