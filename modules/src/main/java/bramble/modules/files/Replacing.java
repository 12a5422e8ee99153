package bramble.modules.files;

import bramble.args.Arg;
import java.util.Optional;

/** The arguments of modules that replace a file: what becomes of the old one, and who checks the new one. */
public record Replacing(
        @Arg(value = "Whether the old file is kept under a name with the time.", fallback = "false") boolean backup,
        @Arg("A command that must accept the new file, which %s stands for, before it is put in place.") Optional<String> validate) {}
