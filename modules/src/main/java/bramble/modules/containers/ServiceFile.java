package bramble.modules.containers;

import bramble.args.Mode;
import bramble.value.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A secret or a configuration of a swarm, as the containers of a service find it.
 *
 * @param target the file's name; the source's if not given
 */
record ServiceFile(String source, Optional<String> target, Optional<String> uid, Optional<String> gid,
        Optional<Mode> mode) {

    /** In the words of docker's command. */
    String line() {
        return line(source, target.orElse(source), uid, gid, mode.map(ServiceFile::bits).map(Long::toOctalString));
    }

    /** The same of what docker tells, of as much as one of these says, if it is the same file. */
    static String told(Value told, String kind, List<ServiceFile> wanted) {
        String source = Tree.text(told, kind + "Name");
        String target = Tree.text(told, "File", "Name");
        Optional<ServiceFile> like = wanted.stream()
                .filter(one -> one.source.equals(source) && one.target.orElse(source).equals(target)).findFirst();
        return line(source, target, like.flatMap(ServiceFile::uid).map(_ -> Tree.text(told, "File", "UID")),
                like.flatMap(ServiceFile::gid).map(_ -> Tree.text(told, "File", "GID")),
                like.flatMap(ServiceFile::mode).map(_ -> Long.toOctalString(Tree.number(told, "File", "Mode"))));
    }

    /** @throws IllegalArgumentException with a sentence, if it isn't octal */
    static long bits(Mode mode) {
        if (!mode.octal()) {
            throw new IllegalArgumentException(
                    "Tried to read the mode " + mode.text()
                            + " of a file in containers, but it isn't octal, as 0444 is.");
        }
        return Long.parseLong(mode.text().strip().replaceFirst("^0o", ""), 8);
    }

    private static String line(String source, String target, Optional<String> uid, Optional<String> gid,
            Optional<String> mode) {
        var fields = new ArrayList<>(List.of("source=" + source, "target=" + target));
        uid.ifPresent(number -> fields.add("uid=" + number));
        gid.ifPresent(number -> fields.add("gid=" + number));
        mode.ifPresent(bits -> fields.add("mode=0" + bits));
        return MountSpec.line(fields);
    }
}
