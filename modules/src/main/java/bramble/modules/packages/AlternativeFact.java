package bramble.modules.packages;

import bramble.module.Fact;
import bramble.shell.Answer;
import bramble.shell.Sh;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Asks update-alternatives for the programs that one name may stand for; empty where there is no such command. */
record AlternativeFact(String name) implements Fact<Optional<AlternativeFact.Group>> {
    /** One of the programs: its priority, and the other names that come with it. */
    record Choice(int priority, Map<String, String> followers) {
        Choice {
            followers = Map.copyOf(followers);
        }
    }

    /**
     * All of them.
     *
     * @param link the path that leads to the chosen one; empty where nothing is known by the name
     * @param links the paths of the followers
     * @param current the chosen one
     */
    record Group(String link, Map<String, String> links, boolean auto, String current, Map<String, Choice> choices) {
        Group {
            links = Map.copyOf(links);
            choices = Map.copyOf(choices);
        }

        static final Group NONE = new Group("", Map.of(), true, "", Map.of());

        /** The one with the highest priority. */
        String best() {
            return choices.entrySet().stream().sorted(Map.Entry.comparingByKey())
                    .max((a, b) -> Integer.compare(a.getValue().priority(), b.getValue().priority()))
                    .map(Map.Entry::getKey).orElse("");
        }
    }

    @Override
    public Sh script() {
        return Sh.of(
                "command -v update-alternatives >/dev/null || exit 0; echo tool; update-alternatives --query {} 2>/dev/null; :",
                name);
    }

    @Override
    public Optional<Group> parse(Answer answer) {
        List<String> lines = answer.text().lines().toList();
        if (lines.isEmpty()) {
            return Optional.empty();
        }
        String link = "";
        String current = "";
        boolean auto = true;
        Map<String, String> links = new TreeMap<>();
        Map<String, Choice> choices = new TreeMap<>();
        String choice = "";
        for (String line : lines) {
            String[] words = line.strip().split(" ", 2);
            String value = words.length > 1 ? words[1].strip() : "";
            switch (words[0]) {
                case "Link:" -> link = value;
                case "Status:" -> auto = value.equals("auto");
                case "Value:" -> current = value.equals("none") ? "" : value;
                case "Alternative:" -> {
                    choice = value;
                    choices.put(choice, new Choice(0, Map.of()));
                }
                case "Priority:" -> choices.put(choice, new Choice(Integer.parseInt(value), Map.of()));
                default -> {
                    Choice open = choices.get(choice);
                    if (line.startsWith(" ") && open == null) {
                        links.put(words[0], value);
                    } else if (line.startsWith(" ") && open != null) {
                        Map<String, String> followers = new TreeMap<>(open.followers());
                        followers.put(words[0], value);
                        choices.put(choice, new Choice(open.priority(), followers));
                    }
                }
            }
        }
        return Optional.of(new Group(link, links, auto, current, choices));
    }
}
