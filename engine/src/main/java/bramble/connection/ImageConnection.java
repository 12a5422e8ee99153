package bramble.connection;

import bramble.image.PartitionTable;
import bramble.image.PartitionTable.Partition;
import bramble.image.Region;
import bramble.image.Unpacking;
import bramble.problem.FileTrouble;
import bramble.shell.Remote;
import bramble.shell.Sh;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Starts programs in the system that the image of a card holds, or a folder in which such a system is mounted, on this machine.
 *
 * <p>All is mounted in name spaces of their own (namespaces(7)), which one process holds for as long as its standard input is open: if
 * Bramble ends, in whatever way, nothing stays mounted and no program of the image goes on. The system sees a host name and processes
 * of its own, no disks, and a copy of /proc/sys with the values that its own files set, as after a start; it can't change this machine's
 * network, clock and kernel. That nothing is to be started there, its programs learn from {@code SYSTEMD_OFFLINE} (systemctl(1)) and {@code RUNLEVEL} (invoke-rc.d(8)).
 */
public final class ImageConnection implements Connection {
    private static final String FORBIDDEN = "-net_admin,-sys_time,-sys_module,-sys_boot,-sys_rawio";

    /**
     * What the holder does. Its words: a folder to mount in, the image or folder, the boot partition if there is one, the others; a
     * partition is where it begins and how long it is. It says {@code ready}, its process and where the system is; or
     * {@code failed} and why, or {@code foreign} and for which processor the programs are (ELF's e_machine). Before that, {@code closed} and
     * a folder in the image that can't be mounted here.
     */
    private static final String HOLDER = """
            top=$1 image=$2 boot=$3; shift 3
            read -r process rest </proc/self/stat
            system=$top/system
            exec 3>&1 >/dev/null
            fail() { echo "failed $*" >&3; exit 1; }
            part() { mount -o "loop,offset=$1,sizelimit=$2$4" "$image" "$3"; }
            mount -t tmpfs -o mode=700 tmpfs "$top" && mkdir "$system" || fail "nothing can be mounted"
            why="it has no partition with a Linux system"
            if [ -d "$image" ]; then
              mount --rbind "$image" "$system" && why= || why="it can't be mounted"
            else
              for one; do
                said=$(part ${one% *} ${one#* } "$system" "" 2>&1) || {
                  case $said in *"wrong fs type"* | *"unknown filesystem"*) ;; *) why=${said##*/system: } ;; esac
                  continue
                }
                [ -e "$system/bin/sh" ] && { why=; break; }
                umount "$system"
              done
            fi
            [ -z "$why" ] || fail "$why"
            [ -e "$system/bin/sh" ] || fail "it has no /bin/sh"
            chroot "$system" /bin/sh -c : || {
              set -- $(dd "if=$system/bin/sh" bs=1 skip=18 count=2 2>/dev/null | od -An -tu1)
              echo "foreign $((${1:-0} + 256 * ${2:-0}))" >&3
              exit 1
            }
            for folder in proc sys dev run; do [ -d "$system/$folder" ] || mkdir "$system/$folder"; done
            [ ! -r "$system/etc/hostname" ] || cat "$system/etc/hostname" >/proc/sys/kernel/hostname
            mkdir "$top/sys" && cp -r /proc/sys/. "$top/sys"
            mount --bind /proc/sys/kernel/hostname "$top/sys/kernel/hostname"
            chmod -R u+w "$top/sys"
            mount -t proc proc "$system/proc" && mount --bind "$top/sys" "$system/proc/sys" && mount -t sysfs -o ro sysfs "$system/sys" &&
              mount -t tmpfs -o mode=755,nosuid tmpfs "$system/dev" && mount -t tmpfs -o mode=755 tmpfs "$system/run" &&
              mkdir "$system/dev/pts" "$system/dev/shm" "$system/run/lock" &&
              mount -t devpts -o newinstance,ptmxmode=0666,mode=620 devpts "$system/dev/pts" &&
              mount -t tmpfs -o mode=1777 tmpfs "$system/dev/shm" || fail "its /proc, /sys, /dev and /run can't be mounted"
            for device in null zero full random urandom tty; do
              : >"$system/dev/$device" && mount --bind "/dev/$device" "$system/dev/$device" || fail "/dev/$device can't be mounted"
            done
            ln -s pts/ptmx "$system/dev/ptmx"
            ln -s /proc/self/fd "$system/dev/fd"
            ln -s fd/0 "$system/dev/stdin"; ln -s fd/1 "$system/dev/stdout"; ln -s fd/2 "$system/dev/stderr"
            place=/boot; [ -d "$system/boot/firmware" ] && place=/boot/firmware
            if [ -n "$boot" ] && [ -d "$system$place" ] && ! part ${boot% *} ${boot#* } "$system$place" ,umask=022; then
              mount -t tmpfs -o ro tmpfs "$system$place"
              echo "closed $place" >&3
            fi
            if [ -L "$system/etc/resolv.conf" ]; then
              chroot "$system" /bin/sh -c 'f=$(readlink -m /etc/resolv.conf) && mkdir -p "${f%/*}" && cat >"$f"' </etc/resolv.conf
            elif [ -f "$system/etc/resolv.conf" ]; then
              mount --bind /etc/resolv.conf "$system/etc/resolv.conf"
            fi
            ! chroot "$system" /bin/sh -c 'command -v sysctl' || chroot "$system" sysctl --system
            echo "ready $process $system" >&3
            while read -r line; do :; done
            kill -TERM -1
            for turn in 1 2 3 4 5 6 7 8 9 10; do kill -0 -1 || break; sleep 0.1; done
            kill -KILL -1
            umount -R "$system"
            """;

    /** ELF's numbers for processors, as elf(5) and the kernel's linux/elf-em.h have them. */
    private static final Map<Integer, String> PROCESSORS = Map.of(3, "i386", 40, "arm", 62, "x86_64", 183, "aarch64",
            243,
            "riscv64");

    private final Path image;
    private final Optional<FileChannel> lock;
    private final Remote holder;
    private final Path folder;
    private final long process;
    private final String system;

    private ImageConnection(Path image, Optional<FileChannel> lock, Remote holder, Path folder, String[] ready) {
        this.image = image;
        this.lock = lock;
        this.holder = holder;
        this.folder = folder;
        this.process = Long.parseLong(ready[1]);
        this.system = ready[2];
    }

    /**
     * Mounts it.
     *
     * @param image an image without compression, or a folder with a whole system in it
     * @param warning hears what can't be reached
     * @throws UnreachableException if it isn't such a thing, is in use, or this machine can't mount it
     */
    public static ImageConnection open(Path image, Consumer<String> warning) {
        if (!System.getProperty("os.name").equals("Linux") || !"root".equals(System.getProperty("user.name"))) {
            throw trouble(image, "only root may, on Linux (sudo bramble ...)");
        }
        if (!Files.exists(image)) {
            throw trouble(image, "there is no such image or folder on this machine (ansible_host says which)");
        }
        Optional<FileChannel> lock = Files.isDirectory(image) ? Optional.empty() : Optional.of(locked(image));
        try {
            return mounted(image, lock, warning);
        } catch (IOException e) {
            release(lock);
            throw trouble(image, FileTrouble.why(e));
        } catch (UnreachableException e) {
            release(lock);
            throw e;
        }
    }

    private static ImageConnection mounted(Path image, Optional<FileChannel> lock, Consumer<String> warning)
            throws IOException {
        List<String> parts = lock.isPresent() ? parts(lock.get(), image) : List.of("");
        Path folder = Files.createTempDirectory("bramble-image");
        var words = new ArrayList<>(List.of(folder.toString(), image.toRealPath().toString()));
        words.addAll(parts);
        Remote holder = new LocalConnection().start(Sh
                .of("exec unshare --mount --uts --ipc --pid --fork sh -c {} image {} 2>/dev/null", HOLDER, words)
                .source());
        var said = new BufferedReader(new InputStreamReader(holder.out(), StandardCharsets.UTF_8));
        for (String line; (line = said.readLine()) != null;) {
            String[] told = line.split(" ", 3);
            switch (told[0]) {
                case "ready" -> {
                    return new ImageConnection(image, lock, holder, folder, told);
                }
                case "closed" -> warning.accept("The boot partition of " + image
                        + " isn't in its " + told[1]
                        + ", where nothing can be written now: this machine can't mount it (does its kernel know vfat?).");
                case "foreign" -> {
                    end(holder, folder);
                    throw trouble(image, foreign(Integer.parseInt(told[1])));
                }
                default -> {
                    end(holder, folder);
                    throw trouble(image, line.substring(line.indexOf(' ') + 1));
                }
            }
        }
        end(holder, folder);
        throw trouble(image,
                "name spaces can't be made here (unshare of the package util-linux is needed, and a kernel that lets it)");
    }

    /** Nobody else who asks may write it at the same time. */
    private static FileChannel locked(Path image) {
        try {
            FileChannel channel = FileChannel.open(image, StandardOpenOption.READ, StandardOpenOption.WRITE);
            try {
                if (channel.tryLock() != null) {
                    return channel;
                }
            } catch (OverlappingFileLockException _) {
                // as if another program had it
            }
            channel.close();
            throw trouble(image, "another run has it in use");
        } catch (IOException e) {
            throw trouble(image, FileTrouble.why(e));
        }
    }

    /** The boot partition, or nothing, and the others; all of it where there are no partitions. */
    private static List<String> parts(FileChannel channel, Path image) throws IOException {
        Region disk = Region.whole(channel);
        Optional<PartitionTable> table = PartitionTable.of(disk);
        if (table.isEmpty()) {
            String unpacks = Unpacking.Kind.of(image).program();
            if (!unpacks.isEmpty()) {
                throw new IOException("it is packed: unpack it first, by " + unpacks);
            }
            return List.of("", "0 " + disk.length());
        }
        List<Partition> all = table.get().partitions();
        var parts = new ArrayList<String>();
        parts.add(all.stream().filter(Partition::fat).findFirst().map(ImageConnection::words).orElse(""));
        all.stream().filter(one -> !one.fat()).map(ImageConnection::words).forEach(parts::add);
        return parts;
    }

    private static String words(Partition partition) {
        return partition.start() + " " + partition.length();
    }

    private static String foreign(int machine) {
        String here = System.getProperty("os.arch").replace("amd64", "x86_64");
        String there = PROCESSORS.getOrDefault(machine, "another processor");
        return there.equals(here)
                ? "its /bin/sh doesn't run"
                : String.format(Locale.ROOT,
                        "its programs are for %s, and this machine is %s: the package qemu-user-static makes it run them",
                        there, here);
    }

    private static UnreachableException trouble(Path image, String why) {
        return new UnreachableException("Tried to mount " + image + ", but " + why);
    }

    @Override
    public Remote start(String command) {
        return inside(command, false);
    }

    @Override
    public Remote terminal(String command) {
        return inside(command, true);
    }

    private Remote inside(String command, boolean terminal) {
        String source = Sh.of("exec nsenter --target {} --mount --uts --ipc --pid env SYSTEMD_OFFLINE=1 RUNLEVEL=1"
                + " setpriv --bounding-set={} chroot {} /bin/sh -c {}", process, FORBIDDEN, system, command).source();
        var outside = new LocalConnection();
        return terminal ? outside.terminal(source) : outside.start(source);
    }

    @Override
    public Optional<String> user() {
        return Optional.of("root");
    }

    @Override
    public String describe() {
        return "the system in " + image;
    }

    @Override
    public boolean isOpen() {
        return Files.exists(Path.of("/proc", Long.toString(process)));
    }

    @Override
    public void close() {
        end(holder, folder);
        release(lock);
    }

    /** Lets the holder end, and waits until nothing is mounted any more. */
    private static void end(Remote holder, Path folder) {
        try {
            holder.in().close();
            int _ = holder.waitFor();
            Files.deleteIfExists(folder);
        } catch (IOException _) {
            // an empty folder for temporary files stays
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private static void release(Optional<FileChannel> lock) {
        try {
            if (lock.isPresent()) {
                lock.get().close();
            }
        } catch (IOException _) {
            // it was only read by this one
        }
    }
}
