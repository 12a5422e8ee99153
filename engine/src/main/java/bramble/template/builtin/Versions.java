package bramble.template.builtin;

import bramble.template.TemplateException;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The ways to read a version number, and the order that each gives. */
enum Versions implements Comparator<String> {
    /** Runs of digits as numbers, everything else between the dots as text. */
    LOOSE {
        @Override
        public int compare(String a, String b) {
            List<String> left = pieces(a);
            List<String> right = pieces(b);
            for (int i = 0; i < Math.min(left.size(), right.size()); i++) {
                int order = piece(left.get(i), right.get(i));
                if (order != 0) {
                    return order;
                }
            }
            return Integer.compare(left.size(), right.size());
        }

        private List<String> pieces(String version) {
            var pieces = new ArrayList<String>();
            Matcher matcher = PIECE.matcher(version);
            while (matcher.find()) {
                if (!matcher.group().equals(".")) {
                    pieces.add(matcher.group());
                }
            }
            return pieces;
        }

        private int piece(String a, String b) {
            if (numeric(a) != numeric(b)) {
                throw new TemplateException("Version comparison failed: '<' not supported between instances of '"
                        + (numeric(a) ? "int" : "str") + "' and '" + (numeric(b) ? "int" : "str") + "'");
            }
            return numeric(a) ? new BigInteger(a).compareTo(new BigInteger(b)) : a.compareTo(b);
        }
    },

    /** Two or three numbers, and perhaps a pre-release {@code a1} or {@code b2}. */
    STRICT {
        @Override
        public int compare(String a, String b) {
            MatchResult left = read(STRICT_FORM, a);
            MatchResult right = read(STRICT_FORM, b);
            for (String part : List.of("major", "minor", "patch")) {
                int order = number(left.group(part)).compareTo(number(right.group(part)));
                if (order != 0) {
                    return order;
                }
            }
            int order = prerelease(left.group("letter")).compareTo(prerelease(right.group("letter")));
            return order != 0 ? order : number(left.group("pre")).compareTo(number(right.group("pre")));
        }

        private String prerelease(@Nullable String letter) {
            return letter == null ? "z" : letter; // a release comes after its pre-releases
        }
    },

    /** As semver.org has it. */
    SEMVER {
        @Override
        public int compare(String a, String b) {
            MatchResult left = read(SEMANTIC, a);
            MatchResult right = read(SEMANTIC, b);
            for (String part : List.of("major", "minor", "patch")) {
                int order = number(left.group(part)).compareTo(number(right.group(part)));
                if (order != 0) {
                    return order;
                }
            }
            return prerelease(left.group("pre"), right.group("pre"));
        }

        private int prerelease(@Nullable String a, @Nullable String b) {
            if (a == null || b == null) {
                return a == null ? b == null ? 0 : 1 : -1;
            }
            String[] left = a.split("\\.", -1);
            String[] right = b.split("\\.", -1);
            for (int i = 0; i < Math.min(left.length, right.length); i++) {
                boolean numbers = numeric(left[i]) && numeric(right[i]);
                int order = numbers
                        ? new BigInteger(left[i]).compareTo(new BigInteger(right[i]))
                        : numeric(left[i]) ? -1 : numeric(right[i]) ? 1 : left[i].compareTo(right[i]);
                if (order != 0) {
                    return order;
                }
            }
            return Integer.compare(left.length, right.length);
        }
    },

    /** As Python's packages have it (PEP 440): epoch, release, pre-, post- and development releases, local part. */
    PEP440 {
        @Override
        public int compare(String a, String b) {
            MatchResult left = read(PYTHON, a.strip().toLowerCase(Locale.ROOT));
            MatchResult right = read(PYTHON, b.strip().toLowerCase(Locale.ROOT));
            int order = number(left.group("epoch")).compareTo(number(right.group("epoch")));
            order = order != 0 ? order : release(left.group("release"), right.group("release"));
            order = order != 0 ? order : phase(left).compareTo(phase(right));
            order = order != 0 ? order : number(left.group("pre")).compareTo(number(right.group("pre")));
            order = order != 0 ? order : post(left).compareTo(post(right));
            order = order != 0 ? order : development(left).compareTo(development(right));
            return order != 0 ? order : local(left.group("local"), right.group("local"));
        }

        private int release(String a, String b) {
            String[] left = a.split("\\.", -1);
            String[] right = b.split("\\.", -1);
            for (int i = 0; i < Math.max(left.length, right.length); i++) {
                int order = number(i < left.length ? left[i] : null)
                        .compareTo(number(i < right.length ? right[i] : null));
                if (order != 0) {
                    return order;
                }
            }
            return 0;
        }

        private String phase(MatchResult version) {
            String letter = version.group("letter");
            if (letter == null) {
                boolean onlyDevelopment = version.group("dev") != null && version.group("post") == null
                        && version.group("bare") == null;
                return onlyDevelopment ? "" : "z";
            }
            return letter.startsWith("a") ? "a" : letter.startsWith("b") ? "b" : "c";
        }

        private BigInteger post(MatchResult version) {
            if (version.group("bare") != null) {
                return number(version.group("bare"));
            }
            return version.group("post") == null ? BigInteger.ONE.negate() : number(version.group("postn"));
        }

        private BigInteger development(MatchResult version) {
            return version.group("dev") == null ? BigInteger.ONE.shiftLeft(99) : number(version.group("devn"));
        }

        private int local(@Nullable String a, @Nullable String b) {
            if (a == null || b == null) {
                return a == null ? b == null ? 0 : -1 : 1;
            }
            String[] left = a.split("[-_.]", -1);
            String[] right = b.split("[-_.]", -1);
            for (int i = 0; i < Math.min(left.length, right.length); i++) {
                int order = numeric(left[i]) && numeric(right[i])
                        ? new BigInteger(left[i]).compareTo(new BigInteger(right[i]))
                        : numeric(left[i]) ? 1 : numeric(right[i]) ? -1 : left[i].compareTo(right[i]);
                if (order != 0) {
                    return order;
                }
            }
            return Integer.compare(left.length, right.length);
        }
    };

    private static final Pattern PIECE = Pattern.compile("\\d+|[a-z]+|\\.|[^\\da-z.]+");
    private static final Pattern STRICT_FORM = Pattern.compile(
            "(?<major>\\d+)\\.(?<minor>\\d+)(?:\\.(?<patch>\\d+))?(?:(?<letter>[ab])(?<pre>\\d+))?");
    private static final Pattern SEMANTIC = Pattern.compile(
            "(?<major>0|[1-9]\\d*)\\.(?<minor>0|[1-9]\\d*)\\.(?<patch>0|[1-9]\\d*)"
                    + "(?:-(?<pre>[0-9A-Za-z-]+(?:\\.[0-9A-Za-z-]+)*))?(?:\\+[0-9A-Za-z-]+(?:\\.[0-9A-Za-z-]+)*)?");
    private static final Pattern PYTHON = Pattern.compile("v?(?:(?<epoch>\\d+)!)?(?<release>\\d+(?:\\.\\d+)*)"
            + "(?:[-_.]?(?<letter>alpha|a|beta|b|preview|pre|c|rc)[-_.]?(?<pre>\\d+)?)?"
            + "(?:-(?<bare>\\d+)|[-_.]?(?<post>post|rev|r)[-_.]?(?<postn>\\d+)?)?"
            + "(?:[-_.]?(?<dev>dev)[-_.]?(?<devn>\\d+)?)?(?:\\+(?<local>[a-z0-9]+(?:[-_.][a-z0-9]+)*))?");

    /** The scheme that {@code version_type} names. */
    static Versions named(String name) {
        return switch (name) {
            case "loose" -> LOOSE;
            case "strict" -> STRICT;
            case "semver", "semantic" -> SEMVER;
            case "pep440" -> PEP440;
            default -> throw new TemplateException(bramble.problem.Source.NONE, "Invalid version type (" + name + ")",
                    "It must be one of loose, strict, semver, semantic, pep440.");
        };
    }

    private static boolean numeric(String piece) {
        return !piece.isEmpty() && piece.chars().allMatch(c -> c >= '0' && c <= '9');
    }

    private static BigInteger number(@Nullable String digits) {
        return digits == null ? BigInteger.ZERO : new BigInteger(digits);
    }

    MatchResult read(Pattern form, String version) {
        Matcher matcher = form.matcher(version);
        if (!matcher.matches()) {
            throw new TemplateException(
                    "Version comparison failed: '" + version + "' is not a " + name().toLowerCase(Locale.ROOT)
                            + " version number");
        }
        return matcher.toMatchResult();
    }
}
