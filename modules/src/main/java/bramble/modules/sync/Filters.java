package bramble.modules.sync;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** Which names are left out, as rsync's {@code --exclude} and {@code --include} say it: the first rule that fits decides. */
record Filters(List<Rule> rules) {
    /**
     * One rule.
     *
     * @param pattern over the whole name below the tree
     * @param folders whether it is about folders alone
     */
    record Rule(boolean include, Pattern pattern, boolean folders) {
        static Rule of(boolean include, String text) {
            boolean folders = text.endsWith("/") && text.length() > 1;
            String plain = folders ? text.substring(0, text.length() - 1) : text;
            boolean anchored = plain.startsWith("/");
            String body = anchored ? plain.substring(1) : plain;
            return new Rule(include, Pattern.compile((anchored ? "" : "(?:.*/)?") + regex(body), Pattern.DOTALL),
                    folders);
        }

        private static String regex(String glob) {
            var regex = new StringBuilder();
            for (int i = 0; i < glob.length(); i++) {
                char c = glob.charAt(i);
                if (glob.startsWith("***", i) && i + 3 == glob.length()) {
                    regex.append(".*");
                    i += 2;
                } else if (glob.startsWith("**", i)) {
                    regex.append(".*");
                    i++;
                } else if (c == '*') {
                    regex.append("[^/]*");
                } else if (c == '?') {
                    regex.append("[^/]");
                } else if (c == '[' && glob.indexOf(']', i + 2) > 0) {
                    int end = glob.indexOf(']', i + 2);
                    String set = glob.substring(i + 1, end).replace("\\", "\\\\").replace("[", "\\[");
                    regex.append('[').append(set.startsWith("!") ? "^" + set.substring(1) : set).append(']');
                    i = end;
                } else if (c == '\\' && i + 1 < glob.length()) {
                    regex.append(Pattern.quote(glob.substring(i + 1, i + 2)));
                    i++;
                } else {
                    regex.append(Pattern.quote(String.valueOf(c)));
                }
            }
            return regex.toString();
        }

        boolean fits(String name, boolean folder) {
            return (folder || !folders) && pattern.matcher(name).matches();
        }
    }

    Filters {
        rules = List.copyOf(rules);
    }

    /** Whether a name is left out, or lies in a folder that is. */
    boolean excludes(String name, boolean folder) {
        var above = new ArrayList<String>();
        for (int slash = name.indexOf('/'); slash >= 0; slash = name.indexOf('/', slash + 1)) {
            above.add(name.substring(0, slash));
        }
        return above.stream().anyMatch(one -> excluded(one, true)) || excluded(name, folder);
    }

    private boolean excluded(String name, boolean folder) {
        return !name.isEmpty() && rules.stream().filter(rule -> rule.fits(name, folder)).findFirst()
                .filter(rule -> !rule.include()).isPresent();
    }
}
