package bramble.template.builtin;

import static java.util.Map.entry;

import bramble.template.Arguments;
import bramble.template.Evaluation;
import bramble.template.Extensions;
import bramble.template.TemplateException;
import bramble.template.Test;
import bramble.value.Value;
import com.google.auto.service.AutoService;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.function.Predicate;

/** Tests of a path on the controller. */
@AutoService(Extensions.class)
public final class FileTests implements Extensions {
    @Override
    public Map<String, Test> tests() {
        Test directory = path(Files::isDirectory);
        Test file = path(Files::isRegularFile);
        Test link = path(Files::isSymbolicLink);
        Test exists = path(Files::exists);
        Test linkExists = path(path -> Files.exists(path, LinkOption.NOFOLLOW_LINKS));
        Test absolute = (input, _, at) -> at.text(input).startsWith("/");
        Test mount = path(FileTests::mounted);
        return Map.ofEntries(
                entry("directory", directory), entry("is_dir", directory),
                entry("file", file), entry("is_file", file),
                entry("link", link), entry("is_link", link),
                entry("exists", exists), entry("is_exists", exists), entry("link_exists", linkExists),
                entry("abs", absolute), entry("is_abs", absolute),
                entry("mount", mount), entry("is_mount", mount),
                entry("same_file", FileTests::same), entry("is_same_file", FileTests::same));
    }

    private static Test path(Predicate<Path> holds) {
        return (input, _, at) -> {
            String path = at.text(input);
            return !path.isEmpty() && holds.test(Path.of(path));
        };
    }

    private static boolean mounted(Path path) {
        Path parent = path.toAbsolutePath().normalize().getParent();
        try {
            return Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)
                    && (parent == null || !Objects.equals(Files.getAttribute(path, "unix:dev"),
                            Files.getAttribute(parent, "unix:dev")));
        } catch (IOException _) {
            return false;
        }
    }

    private static boolean same(Value input, Arguments arguments, Evaluation evaluation) {
        try {
            return Files.isSameFile(Path.of(evaluation.text(input)), Path.of(arguments.text(0, "path")));
        } catch (IOException e) {
            throw new TemplateException("Tried to compare two files, but " + e.getMessage() + " can't be read");
        }
    }
}
