package bramble.modules.storage;

import bramble.module.Effect;
import bramble.module.Fact;
import bramble.module.Maybe;
import bramble.modules.files.NodePath;
import bramble.shell.Answer;
import bramble.shell.Sh;
import java.util.ArrayList;
import java.util.List;

/** Asks what is mounted at a path; links are followed. */
record MountFact(String path) implements Fact<MountFact.Mounts> {
    MountFact {
        path = NodePath.normal(path);
    }

    /**
     * One mount.
     *
     * @param root the part of the file system that is seen; {@code /} unless it is a bind mount
     */
    record Mount(String source, String root, String type) {}

    /** Those that lie on one another, the visible one last. */
    record Mounts(String real, List<Mount> stack) {
        Mounts {
            stack = List.copyOf(stack);
        }

        boolean mounted() {
            return !stack.isEmpty();
        }

        Mounts with(Mount mount) {
            var more = new ArrayList<>(stack);
            more.add(mount);
            return new Mounts(real, more);
        }
    }

    @Override
    public Sh script() {
        return Sh.of("""
                b_m={}; b_r=$(CDPATH= cd -P -- "$b_m" 2>/dev/null && pwd -P) || b_r=$b_m
                printf '%s\\n' "$b_r"; while IFS= read -r b_l; do printf '%s\\n' "$b_l"; done </proc/self/mountinfo""",
                path);
    }

    @Override
    public Mounts parse(Answer answer) {
        List<String> lines = answer.text().lines().toList();
        String real = lines.getFirst();
        var stack = new ArrayList<Mount>();
        for (String line : lines.subList(1, lines.size())) {
            String[] halves = line.split(" - ", 2);
            String[] head = halves[0].split(" ", -1);
            if (halves.length == 2 && head.length > 4 && Fstab.unescaped(head[4]).equals(real)) {
                String[] tail = halves[1].split(" ", -1);
                stack.add(new Mount(Fstab.unescaped(tail[1]), Fstab.unescaped(head[3]), tail[0]));
            }
        }
        return new Mounts(real, stack);
    }

    @Override
    public Maybe<Mounts> after(Effect.Becomes<?> effect, Mounts current) {
        return Maybe.known(effect.value() instanceof Mounts mounts && effect.fact() instanceof MountFact(String other)
                && (other.equals(path) || mounts.real.equals(current.real)) ? mounts : current);
    }
}
