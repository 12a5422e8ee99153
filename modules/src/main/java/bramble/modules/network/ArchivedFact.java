package bramble.modules.network;

import bramble.module.Fact;
import bramble.modules.files.NodePath;
import bramble.shell.Answer;
import bramble.shell.Sh;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Whether a file is the archive of what a git checkout has checked out. */
record ArchivedFact(String git, String dest, String archive, String prefix) implements Fact<Boolean> {
    /** git's name of the format that a file's name ends in. */
    static Optional<String> format(String path) {
        return List.of("tar.gz", "tgz", "tar", "zip").stream().filter(end -> path.endsWith("." + end)).findFirst();
    }

    private Sh written() {
        var words = new ArrayList<String>(List.of("archive", "--format=" + format(archive).orElseThrow()));
        if (!prefix.isEmpty()) {
            words.add("--prefix=" + prefix);
        }
        words.add("HEAD");
        return Sh.of("{} -C {} {}", git, dest, words);
    }

    @Override
    public Sh script() {
        return dest.isEmpty()
                ? Sh.raw(":")
                : Sh.of("[ -f {} ] && {} 2>/dev/null | cmp -s - {} && echo same", archive, written(), archive);
    }

    @Override
    public Boolean parse(Answer answer) {
        return answer.text().startsWith("same");
    }

    /** Makes it, if it isn't so already. */
    Sh make() {
        return Sh.of("""
                b_new=$(mktemp {}) || exit 1
                {} >"$b_new" || { rm -f "$b_new"; exit 1; }
                chmod "$(printf %o $((0666 & ~$(umask))))" "$b_new" && mv "$b_new" {}""",
                NodePath.resolve(NodePath.parent(archive), ".bramble-XXXXXX"), written(), archive);
    }
}
