package bramble.template.builtin;

import bramble.problem.Problem;
import bramble.template.Scope;
import bramble.template.Site;
import bramble.value.PythonText;
import bramble.value.Undefined;
import bramble.value.Value;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Optional;
import java.util.Set;

/**
 * What a template sees: its own variables, and its folder as the first place to look for what it includes.
 *
 * @param written how the template was asked for
 * @param destination the file that is made of it, if one is
 */
public record TemplateScope(Scope below, Path template, String written, Optional<Value> destination) implements Scope {
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss")
            .withZone(ZoneId.systemDefault());

    @Override
    public Value get(String name) {
        return switch (name) {
            case "template_path" -> Value.text(written);
            case "template_fullpath" -> Value.text(template.toString());
            case "template_host" -> Value.text(host());
            case "template_run_date" -> Value.text(TIME.format(Instant.now()));
            case "template_destpath" -> destination.orElseGet(() -> below.get(name));
            case "template_uid" -> Value.text(owner());
            case "template_mtime" -> Value.text(time().map(TIME::format).orElse(""));
            case "ansible_managed" -> {
                Value set = below.get(name);
                yield set instanceof Undefined ? Value.text(managed()) : set;
            }
            default -> below.get(name);
        };
    }

    /** The name of this machine. */
    private static String host() {
        try {
            return Files.readString(Path.of("/proc/sys/kernel/hostname")).strip();
        } catch (IOException _) {
            return "localhost";
        }
    }

    private Optional<Instant> time() {
        try {
            return Optional.of(Files.getLastModifiedTime(template).toInstant());
        } catch (IOException _) {
            return Optional.empty();
        }
    }

    /** Empty where the template's owner can't be told. */
    private String owner() {
        try {
            return Files.getOwner(template).getName();
        } catch (IOException | UnsupportedOperationException _) {
            return "";
        }
    }

    /** What the configuration says, with the template's own data in it. */
    @Override
    public String managed() {
        String text = below.managed().replace("{file}", template.toString()).replace("{uid}", owner())
                .replace("{host}", PythonText.of(get("template_host")));
        return time().map(at -> TimeFormat.write(text, at.atZone(ZoneId.systemDefault()))).orElse(text);
    }

    @Override
    public Set<String> names() {
        return below.names();
    }

    @Override
    public boolean looksUp() {
        return below.looksUp();
    }

    @Override
    public void warn(Problem problem) {
        below.warn(problem);
    }

    @Override
    public Site site() {
        var folders = new ArrayList<Path>();
        Path parent = template.getParent();
        if (parent != null) {
            folders.add(parent);
        }
        folders.addAll(below.site().searchPath());
        return new Site(folders, below.site().workingDirectory());
    }
}
