package bramble.cli;

import bramble.run.AnsibleVersion;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** What the commands with Ansible's names tell of themselves: the lines that scripts read, as far as they are true here. */
record AnsibleNames(Configuration configuration) {

    /**
     * What {@code --version} prints.
     *
     * @param name the command's
     * @param bramble Bramble's own name and version
     */
    String version(String name, String bramble) {
        Optional<Path> home = Optional.ofNullable(System.getProperty("bramble.home")).map(Path::of);
        return name + " [core " + AnsibleVersion.TEXT + "]\n"
                + line("config file", configuration.file().map(file -> file.toAbsolutePath().toString()))
                + line("configured module search path", Optional.of(configuration.library().stream()
                        .map(path -> "'" + path + "'").collect(Collectors.joining(", ", "[", "]"))))
                + line("ansible python module location", Optional.empty())
                + line("ansible collection location", Optional.of(joined(configuration.collections())))
                + line("executable location",
                        home.map(folder -> folder.resolve("compat").resolve(name).normalize().toString()))
                + line("python version", Optional.empty())
                + line("jinja version", Optional.empty())
                + line("libyaml", Optional.of("False"))
                + line("bramble version", Optional.of(bramble.replaceFirst("^bramble ", "") + ", on Java "
                        + Runtime.version().feature() + "; it is Bramble that answers to Ansible's name here"));
    }

    private static String joined(List<Path> paths) {
        return paths.stream().map(Path::toString).collect(Collectors.joining(":"));
    }

    private static String line(String what, Optional<String> value) {
        return "  " + what + " = " + value.orElse("None") + "\n";
    }
}
