package bramble.galaxy;

import bramble.problem.FileTrouble;
import bramble.problem.ProblemException;
import bramble.problem.Source;
import bramble.value.Json;
import bramble.value.ListValue;
import bramble.value.MapValue;
import bramble.value.None;
import bramble.value.Value;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.compressors.gzip.GzipCompressorOutputStream;
import org.apache.commons.compress.compressors.gzip.GzipParameters;

/** Makes of a collection's sources the archive that is handed on. The same sources give the same bytes. */
public record CollectionBuild(Path folder, Manifest manifest) {
    private static final Json.Style STYLE = new Json.Style(1, false, true, ",", ": ");
    private static final List<String> ALWAYS_IGNORED = List.of("galaxy.yml", "galaxy.yaml", ".git", "*.pyc", "*.retry",
            "tests/output", Manifest.FILE, "FILES.json");

    private record Item(Path path, String name, boolean isFolder) {}

    public static CollectionBuild of(Path folder) {
        return new CollectionBuild(folder, Manifest.ofSources(folder));
    }

    /** {@code namespace-name-version.tar.gz}. */
    public String fileName() {
        return manifest.name().namespace() + "-" + manifest.name().name() + "-" + manifest.shownVersion() + ".tar.gz";
    }

    /** Writes the archive; nothing is left where it fails. */
    public void write(Path archive) {
        Path beside = archive.resolveSibling("." + archive.getFileName() + ".new");
        try {
            write(items(), beside);
            Files.move(beside, archive, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new ProblemException(Source.NONE,
                    "Tried to write " + archive + ", but " + FileTrouble.why(e) + ".");
        } finally {
            Place.remove(beside);
        }
    }

    private void write(List<Item> items, Path archive) throws IOException {
        var parameters = new GzipParameters();
        try (var tar = new TarArchiveOutputStream(new GzipCompressorOutputStream(
                new BufferedOutputStream(Files.newOutputStream(archive)), parameters), "UTF-8")) {
            tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
            byte[] list = json(list(items));
            add(tar, Manifest.FILE, json(about(list)));
            add(tar, "FILES.json", list);
            for (Item item : items) {
                if (item.isFolder) {
                    tar.putArchiveEntry(entry(item.name + "/", 0755, 0, item.path));
                } else {
                    byte[] bytes = Files.readAllBytes(item.path);
                    tar.putArchiveEntry(entry(item.name, Files.isExecutable(item.path) && executable(item.path)
                            ? 0755
                            : 0644, bytes.length, item.path));
                    tar.write(bytes);
                }
                tar.closeArchiveEntry();
            }
        }
    }

    private static boolean executable(Path file) throws IOException {
        return Files.getPosixFilePermissions(file).contains(java.nio.file.attribute.PosixFilePermission.OWNER_EXECUTE);
    }

    private void add(TarArchiveOutputStream tar, String name, byte[] bytes) throws IOException {
        tar.putArchiveEntry(entry(name, 0644, bytes.length, folder.resolve("galaxy.yml")));
        tar.write(bytes);
        tar.closeArchiveEntry();
    }

    private static TarArchiveEntry entry(String name, int mode, long size, Path from) throws IOException {
        var entry = new TarArchiveEntry(name);
        entry.setMode(mode);
        entry.setSize(size);
        entry.setIds(0, 0);
        entry.setModTime(Files.exists(from) ? Files.getLastModifiedTime(from).toMillis() / 1000 * 1000 : 0L);
        return entry;
    }

    private static byte[] json(Value value) {
        return Json.write(value, STYLE).getBytes(StandardCharsets.UTF_8);
    }

    private MapValue about(byte[] list) {
        return MapValue.of("collection_info", manifest.info(), "file_manifest_file",
                MapValue.of("name", "FILES.json", "ftype", "file", "chksum_type", "sha256", "chksum_sha256",
                        HexFormat.of().formatHex(Web.sha256().digest(list)), "format", 1),
                "format", 1);
    }

    private static MapValue list(List<Item> items) {
        var files = new ArrayList<Value>();
        files.add(file(".", true, ""));
        items.forEach(item -> files.add(file(item.name, item.isFolder, item.isFolder ? "" : Web.sha256(item.path))));
        return MapValue.of("files", new ListValue(files), "format", 1);
    }

    private static MapValue file(String name, boolean isFolder, String sum) {
        return MapValue.of("name", name, "ftype", isFolder ? "dir" : "file", "chksum_type",
                isFolder ? None.NONE : "sha256", "chksum_sha256", isFolder ? None.NONE : sum, "format", 1);
    }

    /** All that belongs to the collection. A link to what is inside is taken for what it leads to; others are left out. */
    private List<Item> items() throws IOException {
        var patterns = new ArrayList<>(ALWAYS_IGNORED);
        patterns.add(manifest.name().namespace() + "-" + manifest.name().name() + "-*.tar.gz");
        patterns.addAll(Manifest.ignored(folder));
        List<Pattern> ignored = patterns.stream().map(CollectionBuild::pattern).toList();
        var items = new ArrayList<Item>();
        collect(folder.toRealPath(), folder, "", ignored, items);
        return items;
    }

    private static void collect(Path top, Path here, String prefix, List<Pattern> ignored, List<Item> items)
            throws IOException {
        List<Path> files;
        try (Stream<Path> list = Files.list(here)) {
            files = list.sorted().toList();
        }
        for (Path file : files) {
            String name = prefix + file.getFileName();
            boolean out = ignored.stream().anyMatch(pattern -> pattern.matcher(name).matches()
                    || pattern.matcher(String.valueOf(file.getFileName())).matches());
            boolean link = Files.isSymbolicLink(file);
            if (out || (link && !(Files.isRegularFile(file) && file.toRealPath().startsWith(top)))) {
                continue;
            }
            if (Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS)) {
                items.add(new Item(file, name, true));
                collect(top, file, name + "/", ignored, items);
            } else {
                items.add(new Item(file, name, false));
            }
        }
    }

    /** A shell's pattern of names; a star also stands for slashes. */
    static Pattern pattern(String glob) {
        var regex = new StringBuilder();
        for (int i = 0; i < glob.length(); i++) {
            char c = glob.charAt(i);
            int close = glob.indexOf(']', i + 2);
            if (c == '*') {
                regex.append(".*");
            } else if (c == '?') {
                regex.append('.');
            } else if (c == '[' && close > 0) {
                String set = glob.substring(i + 1, close).replace("\\", "\\\\").replace("[", "\\[");
                regex.append('[').append(set.startsWith("!") ? "^" + set.substring(1) : set).append(']');
                i = close;
            } else {
                regex.append(Pattern.quote(String.valueOf(c)));
            }
        }
        return Pattern.compile(regex.toString(), Pattern.DOTALL);
    }
}
