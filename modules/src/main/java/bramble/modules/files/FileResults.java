package bramble.modules.files;

import bramble.value.MapValue;
import bramble.value.None;
import bramble.value.Real;
import bramble.value.Unknown;
import bramble.value.Value;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/** One file as {@code stat} and {@code find} describe it. */
final class FileResults {
    private static final Value LATER = new Unknown("the file would be changed by this run");

    /** What the letters of {@code lsattr} are called in results. */
    private static final Map<Integer, String> ATTRIBUTES = Map.ofEntries(attribute('A', "noatime"),
            attribute('a', "append"), attribute('c', "compressed"), attribute('C', "nocow"), attribute('d', "nodump"),
            attribute('D', "dirsync"), attribute('e', "extents"), attribute('E', "encrypted"),
            attribute('h', "blocksize"), attribute('i', "immutable"), attribute('I', "indexed"),
            attribute('j', "journalled"), attribute('N', "inline"), attribute('s', "zero"),
            attribute('S', "synchronous"), attribute('t', "notail"), attribute('T', "blockroot"),
            attribute('u', "undelete"), attribute('X', "compressedraw"), attribute('Z', "compresseddirty"));

    private FileResults() {}

    private static Map.Entry<Integer, String> attribute(char letter, String name) {
        return Map.entry((int) letter, name);
    }

    /** The keys that both have. */
    static MapValue of(String path, PathState.Present state) {
        Inode inode = state.inode();
        int mode = inode.mode();
        char kind = switch (state) {
            case PathState.File _ -> '-';
            case PathState.Directory _ -> 'd';
            case PathState.Link _ -> 'l';
            case PathState.Other other -> other.kind();
        };
        return MapValue.of("path", path, "mode", inode.octal(), "isdir", kind == 'd', "ischr", kind == 'c', "isblk",
                kind == 'b', "isreg", kind == '-', "isfifo", kind == 'p', "islnk", kind == 'l', "issock", kind == 's',
                "uid", number(inode.user().id()), "gid", number(inode.group().id()), "size", number(inode.size()),
                "inode",
                inode(inode.id()), "dev", device(inode.id()), "nlink", inode.links(), "atime", time(inode.atime()),
                "mtime",
                time(inode.mtime()), "ctime", time(inode.mtime()), "wusr", bit(mode, 0200), "rusr", bit(mode, 0400),
                "xusr",
                bit(mode, 0100), "wgrp", bit(mode, 0020), "rgrp", bit(mode, 0040), "xgrp", bit(mode, 0010), "woth",
                bit(mode, 0002), "roth", bit(mode, 0004), "xoth", bit(mode, 0001), "isuid", bit(mode, 04000), "isgid",
                bit(mode, 02000), "pw_name", inode.user().name(), "gr_name", inode.group().name());
    }

    private static boolean bit(int mode, int bit) {
        return (mode & bit) != 0;
    }

    private static Value number(OptionalInt number) {
        return number.isPresent() ? Value.of(number.getAsInt()) : LATER;
    }

    private static Value number(OptionalLong number) {
        return number.isPresent() ? Value.of(number.getAsLong()) : LATER;
    }

    private static Value time(OptionalLong seconds) {
        return seconds.isPresent() ? new Real(seconds.getAsLong()) : LATER;
    }

    private static Value inode(String id) {
        return part(id, id.substring(id.indexOf(':') + 1));
    }

    private static Value device(String id) {
        int colon = id.indexOf(':');
        return part(id, colon < 0 ? "0" : id.substring(0, colon));
    }

    private static Value part(String id, String number) {
        return id.startsWith("new:") ? LATER : Value.of(Long.parseLong(number));
    }

    /** The keys that only {@code stat} has, as far as the node could tell. */
    static MapValue detail(Optional<StatFact.Detail> known) {
        if (known.isEmpty()) {
            return MapValue.of("readable", LATER, "writeable", LATER, "executable", LATER, "mimetype", LATER, "charset",
                    LATER, "inode", LATER, "dev", LATER, "ctime", LATER, "blocks", LATER, "block_size", LATER,
                    "device_type", LATER).with("attributes", LATER).with("attr_flags", LATER).with("version", LATER);
        }
        StatFact.Detail detail = known.get();
        String mime = detail.mime();
        int semicolon = mime.indexOf("; charset=");
        MapValue keys = MapValue.of("readable", detail.allowed().contains("r"), "writeable",
                detail.allowed().contains("w"), "executable", detail.allowed().contains("x"), "mimetype",
                semicolon < 0 ? "unknown" : mime.substring(0, semicolon), "charset",
                semicolon < 0 ? "unknown" : mime.substring(semicolon + "; charset=".length()));
        String letters = detail.attributes().size() < 2 ? "" : detail.attributes().get(1).replace("-", "");
        keys = keys.with("attr_flags", letters)
                .with("attributes",
                        Value.texts(letters.chars().mapToObj(ATTRIBUTES::get).filter(Objects::nonNull).toList()))
                .with("version",
                        detail.attributes().isEmpty() ? None.NONE : Value.text(detail.attributes().getFirst()));
        if (detail.numbers().isEmpty()) {
            return keys;
        }
        var numbers = detail.numbers();
        long device = (Long.parseLong(numbers.get(4), 16) << 8) + Long.parseLong(numbers.get(5), 16);
        return keys.with(
                MapValue.of("dev", Long.parseLong(numbers.get(0)), "inode", Long.parseLong(numbers.get(1)), "blocks",
                        Long.parseLong(numbers.get(2)), "block_size", Long.parseLong(numbers.get(3)), "device_type",
                        device, "atime",
                        Double.parseDouble(numbers.get(6)), "mtime", Double.parseDouble(numbers.get(7)), "ctime",
                        Double.parseDouble(numbers.get(8))));
    }
}
