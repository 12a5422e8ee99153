package bramble.modules.files;

import bramble.args.Mode;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Works out file modes as chmod writes them: octal, or symbolic on top of the mode that a file has. */
final class Modes {
    private static final Pattern STEP = Pattern.compile("([-+=])([ugo]|[rwxXst]*)");

    private Modes() {}

    /** @param directory whether {@code X} means {@code x} in any case */
    static int apply(Mode mode, int current, boolean directory, int umask) {
        String text = mode.text().strip();
        if (mode.octal()) {
            return Integer.parseInt(text.replace("o", ""), 8) & 07777;
        }
        int bits = current;
        for (String clause : text.split(",", -1)) {
            Matcher parts = Mode.CLAUSE.matcher(clause);
            if (!parts.matches()) {
                throw new IllegalArgumentException("mode " + text);
            }
            String who = parts.group(1);
            int mask = who.isEmpty() ? 07777 & ~umask : mask(who);
            Matcher step = STEP.matcher(parts.group(2));
            while (step.find()) {
                int wanted = permissions(step.group(2), bits, directory) & mask;
                bits = switch (step.group(1)) {
                    case "+" -> bits | wanted;
                    case "-" -> bits & ~wanted;
                    // a folder's set-id bits stay, as chmod leaves them
                    default -> (bits & ~(mask & (directory ? 01777 : 07777))) | wanted;
                };
            }
        }
        return bits;
    }

    private static int mask(String who) {
        int mask = 0;
        for (int i = 0; i < who.length(); i++) {
            mask |= switch (who.charAt(i)) {
                case 'u' -> 04700;
                case 'g' -> 02070;
                case 'o' -> 01007;
                default -> 07777;
            };
        }
        return mask;
    }

    private static int permissions(String letters, int bits, boolean directory) {
        int wanted = 0;
        for (int i = 0; i < letters.length(); i++) {
            wanted |= switch (letters.charAt(i)) {
                case 'r' -> 0444;
                case 'w' -> 0222;
                case 'x' -> 0111;
                case 'X' -> directory || (bits & 0111) != 0 ? 0111 : 0;
                case 's' -> 06000;
                case 't' -> 01000;
                case 'u' -> spread(bits >> 6);
                case 'g' -> spread(bits >> 3);
                default -> spread(bits);
            };
        }
        return wanted;
    }

    private static int spread(int bits) {
        return (bits & 7) * 0111;
    }
}
