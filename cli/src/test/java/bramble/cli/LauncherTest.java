package bramble.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The launcher script tells the version without Java, as the program does, and gives Java an encoding that knows all names. */
class LauncherTest {
    @TempDir
    Path folder = Path.of("");

    @Test
    void tellsTheVersionOfTheProgram() throws IOException {
        Process launcher = new ProcessBuilder(Path.of("../bramble").toAbsolutePath().toString(), "--version").start();
        String told = new String(launcher.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(new Cli(folder, folder).call(List.of("--version")).out(), told);
    }

    @Test
    void tellsHowItIsBuiltInsteadOfBuilding() throws IOException {
        Process launcher = new ProcessBuilder(Path.of("../bramble").toAbsolutePath().toString(), "build", "--help")
                .redirectErrorStream(true).start();
        String told = new String(launcher.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertTrue(told.startsWith("usage: bramble build\n"), told);
    }

    @Test
    void namesAreUtf8WhateverLocaleIsNamedOrInstalled() throws Exception {
        Path launcher = launcher("echo \"${LC_ALL:-} ${LC_CTYPE:-} ${LANG:-}\"");
        assertEquals(" C.UTF-8", told(launcher, Map.of()));
        assertEquals("C.UTF-8", told(launcher, Map.of("LC_ALL", "C")));
        assertEquals("  C.UTF-8", told(launcher, Map.of("LANG", "C.UTF-8")));
        assertEquals("C.UTF-8", told(launcher, Map.of("LC_ALL", "xx_XX.UTF-8")), "no such locale is installed");
        assertEquals(" C.UTF-8 xx_XX.UTF-8", told(launcher, Map.of("LANG", "xx_XX.UTF-8")));
    }

    @Test
    void temporaryFilesAreWhereTheUserHasThem() throws Exception {
        Path launcher = launcher("for word; do case $word in *tmpdir*) echo \"$word\" ;; esac; done");
        Path place = Files.createDirectory(folder.resolve("my files"));
        assertEquals("-Djava.io.tmpdir=" + place, told(launcher, Map.of("TMPDIR", place.toString())));
        assertEquals("", told(launcher, Map.of("TMPDIR", folder.resolve("none").toString())));
    }

    /** @param script what stands for Java */
    private Path launcher(String script) throws IOException {
        Path jar = folder.resolve("cli/target/bramble.jar");
        Files.createDirectories(jar.getParent());
        Files.createFile(jar);
        Path java = folder.resolve("jdk/bin/java");
        Files.createDirectories(java.getParent());
        Files.writeString(folder.resolve("jdk/release"), "JAVA_VERSION=\"25.0.1\"\n");
        Files.writeString(java, "#!/bin/sh\n" + script + "\n");
        assertTrue(java.toFile().setExecutable(true));
        return Files.copy(Path.of("../bramble"), folder.resolve("bramble"));
    }

    private String told(Path launcher, Map<String, String> locale) throws IOException {
        var builder = new ProcessBuilder(launcher.toString(), "facts").redirectErrorStream(true);
        builder.environment().keySet().removeIf(name -> name.equals("LANG") || name.startsWith("LC_"));
        builder.environment().putAll(locale);
        builder.environment().put("JAVA_HOME", folder.resolve("jdk").toString());
        return new String(builder.start().getInputStream().readAllBytes(), StandardCharsets.UTF_8).stripTrailing();
    }
}
