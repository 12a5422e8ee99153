package bramble.modules.archive;

import bramble.modules.files.Inode;
import bramble.modules.network.Spool;
import bramble.shell.Content;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;

/**
 * Which entries of an archive are unpacked, and under which names.
 *
 * @param strip how many parts of each name are left out
 * @param problem an option that only tar itself knows
 */
record Selection(List<String> include, List<String> exclude, int strip, Optional<String> problem) {
    static Selection of(List<String> include, List<String> exclude, List<String> options) {
        int strip = 0;
        var excluded = new ArrayList<>(exclude);
        Optional<String> problem = Optional.empty();
        for (int i = 0; i < options.size(); i++) {
            String option = options.get(i);
            String[] parts = option.split("=", 2);
            boolean valued = parts[0].equals("--strip-components") || parts[0].equals("--strip")
                    || parts[0].equals("--exclude");
            String value = parts.length > 1 ? parts[1] : valued && i + 1 < options.size() ? options.get(++i) : "";
            switch (parts[0]) {
                case "--strip-components", "--strip" -> strip = value.matches("\\d{1,4}") ? Integer.parseInt(value) : 0;
                case "--exclude" -> excluded.add(value);
                case "--no-same-owner", "-o", "-j", "--overwrite", "-v", "--verbose", "-p" -> {
                    // what is done in any case
                }
                default -> problem = Optional.of("extra_opts: " + option
                        + " is tar's own; copy the archive to the node and unpack it there, with remote_src: true");
            }
        }
        return new Selection(List.copyOf(include), List.copyOf(excluded), strip, problem);
    }

    /** The entries, with the names that they are unpacked under. */
    List<Parcel.Entry> of(List<Parcel.Entry> all) {
        return all.stream().flatMap(entry -> chosen(entry).stream()).toList();
    }

    private Optional<Parcel.Entry> chosen(Parcel.Entry entry) {
        if (!include.isEmpty() && include.stream().noneMatch(pattern -> matches(pattern, entry.name()))) {
            return Optional.empty();
        }
        if (exclude.stream().anyMatch(pattern -> matches(pattern, entry.name()))) {
            return Optional.empty();
        }
        Optional<String> name = stripped(entry.name());
        Optional<String> target = entry.kind() == Parcel.Kind.HARD_LINK
                ? stripped(entry.target())
                : Optional.of(entry.target());
        return name.flatMap(short_ -> target.map(to -> new Parcel.Entry(short_, entry.kind(), entry.mode(),
                entry.size(), entry.mtime(), to, entry.md5())));
    }

    private Optional<String> stripped(String name) {
        String[] parts = name.split("/", -1);
        return parts.length <= strip
                ? Optional.empty()
                : Optional.of(String.join("/", List.of(parts).subList(strip, parts.length)));
    }

    /** As tar has it: a pattern fits a name, or any folder above it; from the start of any of its parts. */
    private static boolean matches(String pattern, String name) {
        String plain = pattern.replaceFirst("^\\./", "").replaceFirst("/+$", "");
        PathMatcher matcher = FileSystems.getDefault()
                .getPathMatcher("glob:" + plain.replace("\\", "\\\\").replace("{", "\\{").replace("**", "*"));
        String[] parts = name.split("/", -1);
        for (int from = 0; from < parts.length; from++) {
            for (int to = from + 1; to <= parts.length; to++) {
                String some = String.join("/", List.of(parts).subList(from, to));
                if (some.equals(plain) || matcher.matches(Path.of(some))) {
                    return true;
                }
            }
        }
        return false;
    }

    /** A tar, gzipped, with those entries alone, and the attributes that they are to have. */
    Content packed(Parcel archive, Map<String, Inode> wanted) throws IOException {
        Path file = Files.createTempFile("bramble", ".tgz");
        try {
            try (OutputStream out = Files.newOutputStream(file, StandardOpenOption.WRITE);
                    var tar = new TarArchiveOutputStream(new GZIPOutputStream(out), "UTF-8")) {
                tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_GNU);
                tar.setBigNumberMode(TarArchiveOutputStream.BIGNUMBER_STAR);
                archive.each((entry, content) -> {
                    Optional<Parcel.Entry> chosen = chosen(entry);
                    Inode inode = chosen.map(one -> wanted.get(one.name())).orElse(null);
                    if (chosen.isPresent() && inode != null) {
                        add(tar, chosen.get(), inode, content);
                    }
                });
            }
            try (InputStream in = Files.newInputStream(file)) {
                return Spool.of(in);
            }
        } finally {
            Files.delete(file);
        }
    }

    private static void add(TarArchiveOutputStream tar, Parcel.Entry entry, Inode inode, InputStream content)
            throws IOException {
        TarArchiveEntry header = switch (entry.kind()) {
            case FILE -> new TarArchiveEntry(entry.name());
            case FOLDER -> new TarArchiveEntry(entry.name() + "/");
            case LINK -> new TarArchiveEntry(entry.name(), TarConstants.LF_SYMLINK);
            case HARD_LINK -> new TarArchiveEntry(entry.name(), TarConstants.LF_LINK);
        };
        if (entry.kind() == Parcel.Kind.LINK || entry.kind() == Parcel.Kind.HARD_LINK) {
            header.setLinkName(entry.target());
        }
        header.setMode(inode.mode());
        header.setModTime(entry.mtime() * 1000);
        header.setIds(inode.user().id().orElse(0), inode.group().id().orElse(0));
        header.setNames(inode.user().name(), inode.group().name());
        if (entry.kind() == Parcel.Kind.FILE) {
            header.setSize(entry.size());
        }
        tar.putArchiveEntry(header);
        if (entry.kind() == Parcel.Kind.FILE) {
            content.transferTo(tar);
        }
        tar.closeArchiveEntry();
    }
}
