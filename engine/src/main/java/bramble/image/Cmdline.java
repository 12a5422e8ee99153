package bramble.image;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The words of a cmdline.txt, which the firmware hands to the kernel: they stand on one line.
 *
 * @see <a href="https://docs.kernel.org/admin-guide/kernel-parameters.html">The kernel's parameters</a>
 */
public final class Cmdline {
    /** What the kernel takes several times. */
    private static final Set<String> SEVERAL = Set.of("console", "earlycon", "cgroup_enable", "cgroup_disable", "video",
            "systemd.setenv", "systemd.wants", "systemd.mask", "rd.driver.pre", "module_blacklist", "nfsrootdebug");

    private final List<String> words;

    public Cmdline(String text) {
        this.words = new ArrayList<>(List.of(text.strip().split("\\s+")));
        words.remove("");
    }

    /** Has a word be there; another value of the same parameter goes, if the kernel takes but one. */
    public void add(String word) {
        if (words.contains(word)) {
            return;
        }
        String name = name(word);
        int other = -1;
        for (int i = 0; i < words.size() && word.contains("=") && !SEVERAL.contains(name); i++) {
            other = words.get(i).contains("=") && name(words.get(i)).equals(name) ? i : other;
        }
        if (other >= 0) {
            words.set(other, word);
        } else {
            words.add(word);
        }
    }

    /** Has a word be gone: the whole word, or with an equals sign at its end the parameter whatever its value. */
    public void remove(String word) {
        words.removeIf(there -> there.equals(word) || (word.endsWith("=") && there.startsWith(word)));
    }

    /** What stands behind a parameter's equals sign; of several, the last. */
    Optional<String> value(String name) {
        return words.stream().filter(word -> word.startsWith(name + "=")).reduce((_, later) -> later)
                .map(word -> word.substring(name.length() + 1));
    }

    public String text() {
        return String.join(" ", words) + "\n";
    }

    private static String name(String word) {
        int equals = word.indexOf('=');
        return equals < 0 ? word : word.substring(0, equals);
    }
}
