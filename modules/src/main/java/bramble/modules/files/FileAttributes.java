package bramble.modules.files;

import bramble.args.Arg;
import bramble.args.Mode;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The arguments by which modules that make files take mode, owner and group. */
public record FileAttributes(
        @Arg("Permissions, octal or symbolic; copy and template also take preserve, for the source's.") Optional<Mode> mode,
        @Arg("Name or number of the owner.") Optional<String> owner,
        @Arg("Name or number of the group.") Optional<String> group,
        @Arg(value = "The file system's own attributes, as chattr takes them: +i, -A; those alone, without a sign or with =.", aliases = "attr") Optional<String> attributes,
        @Arg("User part of the SELinux label; refused where the node uses SELinux: a command (chcon, semanage) has to set it there.") Optional<String> seuser,
        @Arg("Role part of the SELinux label; refused where the node uses SELinux: a command (chcon, semanage) has to set it there.") Optional<String> serole,
        @Arg("Type part of the SELinux label; refused where the node uses SELinux: a command (chcon, semanage) has to set it there.") Optional<String> setype,
        @Arg("Level part of the SELinux label; refused where the node uses SELinux: a command (chcon, semanage) has to set it there.") Optional<String> selevel,
        @Arg(value = "Whether a file that nothing can be moved onto, a mount point, or in a folder that may not be written, is written where it is; a reader may see half of it.", fallback = "false") boolean unsafeWrites) {

    /** What is wanted of a file. */
    public Rights.Wanted wanted() {
        return new Rights.Wanted(mode, owner, group, unsafeWrites, attributes,
                Stream.of(seuser, serole, setype, selevel).anyMatch(Optional::isPresent), List.of());
    }
}
