package bramble.modules.image;

import bramble.image.Disk;
import bramble.image.Marker;
import bramble.image.Mount;
import bramble.module.Fact;
import bramble.shell.Answer;
import bramble.shell.Sh;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Asks what a node has at a path that an image shall go to: what its kernel tells of the device, and what stands at the places by which
 * Bramble knows its own cards again.
 */
record CardFact(String device) implements Fact<NodeCard> {
    private static final Sh.Library LIBRARY = new Sh.Library("b_card",
            """
                    b_sys() { # prefix, file below /sys: its first line, if it has one
                      [ -r "$2" ] || return 0
                      b_v=
                      IFS= read -r b_v <"$2" 2>/dev/null
                      [ -z "$b_v" ] || printf '%s %s\\n' "$1" "$b_v"
                    }
                    b_disk() { # its folder below /sys
                      [ -e "$1" ] || return
                      printf 'system %s\\n' "$(readlink -f "$1")"
                      for b_k in size removable ro partition device/vendor device/model device/name device/type device/serial loop/backing_file; do
                        b_sys "$b_k" "$1/$b_k"
                      done
                      for b_p in "$1" "$1"/*; do
                        [ "$b_p" = "$1" ] || [ -e "$b_p/partition" ] || continue
                        b_sys "part ${b_p##*/}" "$b_p/dev"
                        for b_h in "$b_p"/holders/*; do
                          [ ! -e "$b_h" ] || printf 'holder %s %s\\n' "${b_p##*/}" "${b_h##*/}"
                        done
                        for b_h in /sys/block/loop*/loop/backing_file; do
                          b_v=
                          [ ! -r "$b_h" ] || IFS= read -r b_v <"$b_h" 2>/dev/null
                          b_h=${b_h%/loop/*}
                          [ "$b_v" != "/dev/${b_p##*/}" ] || printf 'loop %s %s\\n' "${b_p##*/}" "${b_h##*/}"
                        done
                      done
                      sed 's/^/mount /' /proc/self/mountinfo
                      [ ! -r /proc/swaps ] || sed '1d;s/^/swap /' /proc/swaps
                    }
                    b_sector() { dd if="$b_l" bs=512 skip="$1" count="$2" 2>/dev/null; }
                    b_card() { # path, sectors in which a note may stand
                      if ! [ -e "$1" ]; then echo kind none; return; fi
                      b_l=$(readlink -f "$1")
                      shift
                      printf 'path %s\\n' "$b_l"
                      for b_s in sha256sum sha1sum md5sum; do command -v $b_s >/dev/null 2>&1 && break; done
                      echo "sum $b_s"
                      b_z=0
                      if [ -d "$b_l" ]; then echo kind folder; return
                      elif [ -f "$b_l" ]; then echo kind file; b_z=$(wc -c <"$b_l")
                      elif [ -b "$b_l" ]; then echo kind disk; b_disk "/sys/class/block/${b_l##*/}"
                        IFS= read -r b_z <"/sys/class/block/${b_l##*/}/size"
                        b_z=$((b_z * 512))
                      else echo kind other; return
                      fi 2>/dev/null
                      if ! [ -r "$b_l" ] || ! [ -w "$b_l" ]; then echo closed; return; fi
                      echo "bytes $b_z"
                      b_w=
                      for b_n; do
                        [ $((b_n * 512 + 512)) -le "$b_z" ] || continue
                        b_t=$(b_sector "$b_n" 1 | tr -d '\\000' | head -n 3)
                        case $b_t in
                        "Bramble wrote this card."*) echo "note $b_n"; b_w=$(printf '%s\\n' "$b_t" | sed -n 's/^heads//p'); break ;;
                        esac
                      done
                      b_x=
                      for b_a in $b_w; do
                        case $b_a in *[!0-9]*) continue ;; esac
                        [ $((b_a * 512 + 2048)) -gt "$b_z" ] || { echo "head $b_a"; b_x="$b_x $b_a"; }
                      done
                      echo data
                      [ "$b_z" -lt 512 ] || b_sector 0 1
                      [ -z "$b_t" ] || [ "${b_t#Bramble wrote}" = "$b_t" ] || b_sector "$b_n" 1
                      for b_a in $b_x; do b_sector "$b_a" 4; done
                    }""");

    @Override
    public Sh script() {
        return Sh.of("b_t=; b_card {} {}", device, Note.PLACES).using(LIBRARY);
    }

    /** What the kernel tells, line by line. */
    private static final class Told {
        private final Map<String, String> words = new HashMap<>();
        private final List<String> parts = new ArrayList<>();
        private final List<String> holders = new ArrayList<>();
        private final List<String> loops = new ArrayList<>();
        private final List<String> mounts = new ArrayList<>();
        private final List<String> swaps = new ArrayList<>();
        private final List<Long> heads = new ArrayList<>();

        Told(String text) {
            for (String line : text.lines().toList()) {
                int blank = line.indexOf(' ');
                String word = blank < 0 ? line : line.substring(0, blank);
                String rest = blank < 0 ? "" : line.substring(blank + 1);
                switch (word) {
                    case "part" -> parts.add(rest);
                    case "holder" -> holders.add(rest);
                    case "loop" -> loops.add(rest);
                    case "mount" -> mounts.add(rest);
                    case "swap" -> swaps.add(rest.split("\\s+", 2)[0]);
                    case "head" -> heads.add(Long.valueOf(rest));
                    default -> words.put(word, rest);
                }
            }
        }

        String word(String name) {
            return words.getOrDefault(name, "").strip();
        }

        long number(String name) {
            return word(name).matches("\\d{1,18}") ? Long.parseLong(word(name)) : 0;
        }

        Optional<Disk> disk(Path path) {
            String system = word("system");
            if (system.isEmpty()) {
                return Optional.empty();
            }
            String name = String.valueOf(path.getFileName());
            boolean removable = number("removable") == 1 || system.contains("/usb") || word("device/type").equals("SD");
            Optional<String> doubt = words.containsKey("partition")
                    ? Optional
                            .of("it is a partition of /dev/" + Path.of(system).resolve("..").normalize().getFileName())
                    : removable ? Optional.empty() : Optional.of("it isn't removable");
            String model = (word("device/vendor") + " " + word("device/model") + " " + word("device/name")).strip()
                    .replaceAll("\\s+", " ");
            String file = word("loop/backing_file");
            return Optional.of(new Disk(path, file.isEmpty() ? model : file, number("size") * Note.SECTOR,
                    name.startsWith("mmcblk") ? "mmc" : system.contains("/usb") ? "usb" : "", doubt,
                    number("ro") == 1, List.of(), uses()));
        }

        /** What keeps it, or a partition of it, in use. */
        private List<String> uses() {
            var uses = new ArrayList<String>();
            List<Mount> mounted = Mount.of(mounts.stream());
            for (String part : parts) {
                String[] words = part.split(" ", -1);
                String device = "/dev/" + words[0].replace('!', '/');
                mounted.stream().filter(mount -> mount.of(words[1], device)).map(Mount::place).findFirst()
                        .ifPresent(place -> uses.add(device + " is mounted on " + place));
                if (swaps.contains(device)) {
                    uses.add(device + " is swap space");
                }
                holders.stream().map(line -> line.split(" ", -1)).filter(line -> line[0].equals(words[0]))
                        .forEach(line -> uses.add(device + " is part of " + line[1]));
                loops.stream().map(line -> line.split(" ", -1)).filter(line -> line[0].equals(words[0]))
                        .forEach(line -> uses.add(device + " is attached to /dev/" + line[1]));
            }
            return uses;
        }
    }

    @Override
    public NodeCard parse(Answer answer) {
        byte[] out = answer.out();
        String all = new String(out, StandardCharsets.ISO_8859_1);
        int data = all.startsWith("data\n") ? 0 : all.indexOf("\ndata\n") + 1;
        boolean read = all.startsWith("data\n") || data > 0;
        var told = new Told(read ? all.substring(0, data) : all);
        NodeCard.Kind kind = switch (told.word("kind")) {
            case "file" -> NodeCard.Kind.FILE;
            case "disk" -> NodeCard.Kind.DISK;
            case "folder" -> NodeCard.Kind.FOLDER;
            case "other" -> NodeCard.Kind.OTHER;
            default -> NodeCard.Kind.NONE;
        };
        boolean closed = told.words.containsKey("closed");
        String path = told.word("path").isEmpty() ? device : told.word("path");
        var rest = new Bytes(out, read ? data + "data\n".length() : out.length);
        long size = told.number("bytes");
        byte[] first = size < Note.SECTOR ? new byte[0] : rest.next(Note.SECTOR);
        Optional<Note> note = told.words.containsKey("note") ? Note.read(rest.next(Note.SIZE)) : Optional.empty();
        List<byte[]> heads = told.heads.stream().map(_ -> rest.next(Note.HEAD)).toList();
        Optional<String> holds = note.filter(one -> one.heads().equals(told.heads)
                && one.identity().equals(Note.identity(first, heads))).map(Note::image);
        Optional<Marker> marker = first.length < Marker.SIZE ? Optional.empty() : Marker.read(first);
        return new NodeCard(path, closed ? NodeCard.Kind.CLOSED : kind,
                kind == NodeCard.Kind.DISK ? told.disk(Path.of(path)) : Optional.empty(), size,
                told.word("device/serial"), marker, marker.isPresent() ? Optional.empty() : holds, told.word("sum"));
    }

    /** What is left of some bytes. */
    private static final class Bytes {
        private final byte[] all;
        private int at;

        Bytes(byte[] all, int at) {
            this.all = all;
            this.at = at;
        }

        /** As many as are wanted, or fewer where it ends. */
        byte[] next(int count) {
            int end = Math.min(all.length, at + count);
            byte[] some = Arrays.copyOfRange(all, at, end);
            at = end;
            return some;
        }
    }
}
