package bramble.inventory;

import bramble.problem.Problem;
import bramble.problem.ProblemException;
import bramble.problem.Source;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a host entry stands for: {@code web[01:50]:2222} is fifty names and a port. */
record HostRange(List<String> names, OptionalInt port) {
    private static final int MOST = 100_000;
    private static final Pattern BRACKETED = Pattern.compile("\\[([^\\[\\]]+)]:([0-9]{1,9})");
    private static final Pattern WITH_PORT = Pattern.compile("((?:[^:\\[\\]]|\\[[^\\[\\]]*])+):([0-9]{1,9})");
    private static final Pattern DIGITS = Pattern.compile("[0-9]{1,9}");
    private static final String LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";

    /** @throws ProblemException where a range is not well formed */
    static HostRange parse(String entry, Source source) {
        if (entry.endsWith(":") && entry.lastIndexOf('[') <= entry.lastIndexOf(']')) {
            throw refused(source, entry, "ends in a colon, which must be followed by a port",
                    "Write name:port, or just the name. If this is YAML, name the file .yml.");
        }
        for (Pattern form : List.of(BRACKETED, WITH_PORT)) {
            Matcher matcher = form.matcher(entry);
            if (matcher.matches()) {
                return new HostRange(form == BRACKETED ? List.of(matcher.group(1)) : names(matcher.group(1), source),
                        OptionalInt.of(Integer.parseInt(matcher.group(2))));
            }
        }
        return new HostRange(names(entry, source), OptionalInt.empty());
    }

    /** A name as it stands, or with its port; without ranges, as in a list given on the command line. */
    static HostRange single(String entry) {
        for (Pattern form : List.of(BRACKETED, WITH_PORT)) {
            Matcher matcher = form.matcher(entry);
            if (matcher.matches() && matcher.group(1).indexOf('[') < 0) {
                return new HostRange(List.of(matcher.group(1)), OptionalInt.of(Integer.parseInt(matcher.group(2))));
            }
        }
        return new HostRange(List.of(entry), OptionalInt.empty());
    }

    private static List<String> names(String entry, Source source) {
        int open = entry.indexOf('[');
        if (open < 0) {
            return List.of(entry);
        }
        int close = entry.indexOf(']', open);
        if (close < 0) {
            throw refused(source, entry, "has a \"[\" without its \"]\"", "Write ranges like this: web[01:50].");
        }
        List<String> tails = names(entry.substring(close + 1), source);
        List<String> middles = range(entry.substring(open + 1, close), entry, source);
        if ((long) middles.size() * tails.size() > MOST) {
            throw refused(source, entry, "stands for more than " + MOST + " hosts", "");
        }
        var names = new ArrayList<String>();
        for (String middle : middles) {
            tails.forEach(tail -> names.add(entry.substring(0, open) + middle + tail));
        }
        return names;
    }

    private static List<String> range(String range, String entry, Source source) {
        String[] bounds = range.split(":", -1);
        if (bounds.length < 2 || bounds.length > 3) {
            throw refused(source, entry, "has a range without begin and end", "Write [begin:end] or [begin:end:step].");
        }
        String begin = bounds[0].isEmpty() ? "0" : bounds[0];
        String end = bounds[1];
        String stepText = bounds.length < 3 || bounds[2].isEmpty() ? "1" : bounds[2];
        if (end.isEmpty()) {
            throw refused(source, entry, "has a range without an end", "Write [begin:end] or [begin:end:step].");
        }
        if (!DIGITS.matcher(stepText).matches() || new BigInteger(stepText).signum() == 0) {
            throw refused(source, entry, "has a range whose step is no whole number above 0", "");
        }
        int step = Integer.parseInt(stepText);
        var names = new ArrayList<String>();
        if (begin.length() == 1 && end.length() == 1 && LETTERS.contains(begin) && LETTERS.contains(end)) {
            int last = LETTERS.indexOf(end);
            if (LETTERS.indexOf(begin) > last) {
                throw refused(source, entry, "has a range that ends before it begins", "");
            }
            for (int i = LETTERS.indexOf(begin); i <= last; i += step) {
                names.add(LETTERS.substring(i, i + 1));
            }
            return names;
        }
        if (!DIGITS.matcher(begin).matches() || !DIGITS.matcher(end).matches()) {
            throw refused(source, entry, "has a range that is neither of numbers nor of single letters", "");
        }
        boolean padded = begin.length() > 1 && begin.startsWith("0");
        if (padded && begin.length() != end.length()) {
            throw refused(source, entry, "has a range whose begin and end differ in length",
                    "With leading zeros both must have as many digits: [01:10].");
        }
        long last = Long.parseLong(end);
        if ((last - Long.parseLong(begin)) / step > MOST) {
            throw refused(source, entry, "stands for more than " + MOST + " hosts", "");
        }
        for (long i = Long.parseLong(begin); i <= last; i += step) {
            String number = Long.toString(i);
            names.add(padded ? "0".repeat(Math.max(0, begin.length() - number.length())) + number : number);
        }
        return names;
    }

    private static ProblemException refused(Source source, String entry, String why, String hint) {
        return new ProblemException(
                Problem.error(source, "Tried to read the host \"" + entry + "\", but it " + why + ".",
                        hint));
    }
}
