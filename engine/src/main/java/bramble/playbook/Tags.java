package bramble.playbook;

import java.util.Collection;
import java.util.Set;

/**
 * Which steps are chosen by {@code --tags} and {@code --skip-tags}.
 *
 * @param only the wanted tags; empty counts as {@code all}
 * @param skip the unwanted tags
 */
public record Tags(Set<String> only, Set<String> skip) {
    /** Everything but what is tagged {@code never}. */
    public static final Tags ALL = new Tags(Set.of(), Set.of());

    public Tags {
        only = only.isEmpty() ? Set.of("all") : Set.copyOf(only);
        skip = Set.copyOf(skip);
    }

    /** Whether a step with these tags is to be done. */
    public boolean select(Collection<String> tags) {
        return wanted(tags) && !unwanted(tags);
    }

    private boolean wanted(Collection<String> tags) {
        if (tags.contains("always") || meets(tags, only)) {
            return true;
        }
        return !tags.contains("never") && (only.contains("all") || (only.contains("tagged") && !tags.isEmpty()));
    }

    private boolean unwanted(Collection<String> tags) {
        if (skip.contains("all")) {
            return !tags.contains("always") || skip.contains("always");
        }
        return meets(tags, skip) || (skip.contains("tagged") && !tags.isEmpty());
    }

    private static boolean meets(Collection<String> tags, Set<String> chosen) {
        return tags.isEmpty() ? chosen.contains("untagged") : tags.stream().anyMatch(chosen::contains);
    }
}
