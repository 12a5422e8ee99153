package bramble.modules.boot;

import bramble.module.Attributes;
import bramble.module.Change;
import bramble.module.Inquiry;
import bramble.modules.files.NodePath;
import bramble.modules.files.TextEdit;
import java.util.List;
import java.util.Optional;

/**
 * The files by which a Raspberry Pi starts: /boot/firmware since bookworm, /boot before.
 *
 * @param found those of the first folder that has a config.txt
 */
record BootFiles(Optional<Pair> found, List<String> folders) {
    private static final List<String> FOLDERS = List.of("/boot/firmware", "/boot");

    /** The two files of a folder. */
    record Pair(TextEdit config, TextEdit cmdline) {}

    static Inquiry<BootFiles> in(Optional<String> folder) {
        List<String> folders = folder.map(List::of).orElse(FOLDERS);
        return Inquiry.all(folders.stream()
                .map(one -> TextEdit.of(NodePath.resolve(one, "config.txt"))
                        .and(TextEdit.of(NodePath.resolve(one, "cmdline.txt")), Pair::new))
                .toList())
                .map(pairs -> new BootFiles(pairs.stream().filter(pair -> pair.config().exists()).findFirst(),
                        folders));
    }

    /** The change of one of the files to a text; none if they differ only in blank lines around it. */
    static List<Change> rewritten(TextEdit file, String text, boolean backup) {
        return text.strip().equals(file.text().strip())
                ? List.of()
                : file.to(text, new TextEdit.Options(Attributes.NONE, Optional.empty(), backup));
    }

    /** What is said of a node that has no such file. */
    String missing() {
        return "Tried to set how the node starts, but there is no config.txt in " + String.join(" nor in ", folders)
                + ": is it a Raspberry Pi, and is its boot partition mounted?";
    }
}
