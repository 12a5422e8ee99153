package bramble.modules.boot;

import bramble.module.Fact;
import bramble.shell.Answer;
import bramble.shell.Sh;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Asks whether the node can be told apart from a Raspberry Pi, and answers with what it lacks then.
 *
 * @param signs paths and names of commands, of which each alone tells that it may be one
 * @param lack what is said of a node that has none of them and whose board isn't one
 */
record BoardFact(List<String> signs, String lack) implements Fact<Optional<String>> {
    private static final List<String> CONFIG = List.of("/boot/firmware/config.txt", "/boot/config.txt");
    private static final Pattern BRINGING = Pattern.compile(
            "/boot\\b|config\\.txt|firmware|eeprom|\\braspi-(config|utils)|\\braspberrypi-(kernel|bootloader|sys-mods)");

    /** For what stands in a folder's config.txt; nothing is asked of a folder of one's own, which may be anything. */
    static Optional<Fact<Optional<String>>> config(Optional<String> folder) {
        return folder.isPresent()
                ? Optional.empty()
                : Optional.of(new BoardFact(CONFIG, "there is no " + String.join(" and no ", CONFIG)));
    }

    /** For what needs none of the usual files, where there is something else. */
    static Fact<Optional<String>> or(List<String> others, String lack) {
        return new BoardFact(Stream.concat(CONFIG.stream(), others.stream()).toList(), lack);
    }

    /** Whether a task that is told this may make a boot partition, mount it or fill it. */
    static boolean mayCome(String told) {
        return BRINGING.matcher(told).find();
    }

    @Override
    public Sh script() {
        return Sh.of("""
                for b_s in {}; do
                  case $b_s in
                  /*) [ ! -e "$b_s" ] && { [ ! -d "${b_s%/*}" ] || [ -x "${b_s%/*}" ]; } || exit 0 ;;
                  *) ! command -v "$b_s" >/dev/null || exit 0 ;;
                  esac
                done
                echo none; tr -d '\\000' 2>/dev/null </proc/device-tree/model || :""", signs);
    }

    @Override
    public Optional<String> parse(Answer answer) {
        List<String> lines = answer.text().lines().toList();
        if (lines.isEmpty() || (lines.size() > 1 && lines.get(1).contains("Raspberry Pi"))) {
            return Optional.empty();
        }
        return Optional
                .of(lack + (lines.size() > 1 ? ": this is a " + lines.get(1).strip() : ": this is no Raspberry Pi"));
    }
}
