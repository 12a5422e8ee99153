package bramble.cli;

import bramble.image.Mount;
import bramble.image.Original;
import bramble.problem.Problem;
import bramble.problem.ProblemException;
import bramble.problem.Source;
import bramble.shell.Answer;
import bramble.shell.NoShellException;
import bramble.shell.Piece;
import bramble.shell.Sh;
import bramble.shell.Shell;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A disk of a node. It is read by {@code dd}, a few MiB at a time: no more is asked for than there is room for. What the node says is
 * looked at before it is made use of.
 */
final class NodeOriginal implements Original {
    private static final int SECTOR = 512;
    private static final int KNOWN = 64;
    private static final String NAME = "[A-Za-z0-9][A-Za-z0-9_.!-]*";
    private static final String NUMBERS = "[0-9]{1,8}:[0-9]{1,8}";

    private final String node;
    private final Shell shell;
    private final String device;
    private final long length;
    private final List<String> uses;
    private final Map<Long, byte[]> known = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Long, byte[]> eldest) {
            return size() > KNOWN;
        }
    };

    private NodeOriginal(String node, Shell shell, String device, long length, List<String> uses) {
        this.node = node;
        this.shell = shell;
        this.device = device;
        this.length = length;
        this.uses = uses;
    }

    /**
     * Finds the disk.
     *
     * @param disk {@code /dev/NAME}; empty for the one that the root file system is on
     * @param shell of root
     */
    static NodeOriginal of(String node, Shell shell, Optional<String> disk) {
        var found = new Finding(node, shell);
        List<Mount> mounts = found.mounts();
        String name = disk.map(found::named).orElseGet(() -> found.ofRoot(mounts));
        String device = "/dev/" + name.replace('!', '/');
        String[] told = found.ask(Sh.of("""
                cat /sys/class/block/{}/size || exit 1
                [ -b {} ] || { echo {} is no device there >&2; exit 1; }
                for i in /sys/class/block/{}/dev /sys/class/block/{}/*/dev; do [ -e "$i" ] && cat "$i"; done
                for i in /sys/class/block/{}/holders/* /sys/class/block/{}/*/holders/*; do
                  [ -e "$i" ] && echo "holder ${i##*/}"
                done
                echo
                cat /proc/swaps 2>/dev/null
                :
                """, name, device, device, name, name, name, name)).split("\n\n", 2);
        List<String> lines = told[0].lines().toList();
        if (lines.isEmpty() || !lines.getFirst().matches("[0-9]{1,15}") || lines.getFirst().equals("0")) {
            throw found.trouble("nobody there knows how large " + device + " is", "");
        }
        List<String> numbers = lines.stream().skip(1).filter(line -> line.matches(NUMBERS)).toList();
        var uses = new ArrayList<String>();
        mounts.stream().filter(mount -> numbers.contains(mount.numbers()) || Mount.onDisk(mount.source(), device))
                .map(mount -> mount.place() + " is mounted from it").distinct().forEach(uses::add);
        lines.stream().filter(line -> line.matches("holder " + NAME)).map(line -> line.substring(7) + " is made of it")
                .forEach(uses::add);
        if (told.length > 1 && told[1].lines().anyMatch(line -> Mount.onDisk(line.split("\\s", 2)[0], device))) {
            uses.add("it has swap space");
        }
        return new NodeOriginal(node, shell, device, Long.parseLong(lines.getFirst()) * SECTOR, List.copyOf(uses));
    }

    /** Looks for the disk. */
    private record Finding(String node, Shell shell) {
        ProblemException trouble(String why, String hint) {
            return new ProblemException(
                    Problem.error(Source.NONE, "Tried to find the disk of " + node + ", but " + why + ".", hint));
        }

        String ask(Sh script) {
            Answer answer = shell.ask(List.of(Piece.free(script))).getFirst();
            if (!answer.ok()) {
                throw trouble(last(answer), "");
            }
            return answer.text();
        }

        List<Mount> mounts() {
            return Mount.of(ask(Sh.raw("cat /proc/self/mountinfo")).lines());
        }

        String named(String disk) {
            String name = disk.startsWith("/dev/") ? disk.substring(5).replace('/', '!') : "";
            if (!name.matches(NAME)) {
                throw new UsageException("--disk is /dev/ and a name of /sys/class/block, not " + disk);
            }
            return name;
        }

        String ofRoot(List<Mount> mounts) {
            String other = "Say which disk is meant: --disk /dev/NAME";
            Mount root = mounts.stream().filter(mount -> mount.place().equals("/")).reduce((_, last) -> last)
                    .orElseThrow(() -> trouble("nothing is mounted on / there", other));
            // Some file systems have numbers of their own, and only the name tells the device.
            String source = root.source().startsWith("/dev/") ? root.source().substring(5).replace('/', '!') : "";
            boolean byName = root.numbers().startsWith("0:") && source.matches(NAME);
            if (root.numbers().startsWith("0:") && !byName) {
                throw trouble("its / is on " + root.source() + ", which is no disk", other);
            }
            Answer answer = shell
                    .ask(List.of(Piece.free(Sh.of("cd -P {} && pwd && if [ -e partition ]; then echo partition; fi",
                            byName ? "/sys/class/block/" + source : "/sys/dev/block/" + root.numbers()))))
                    .getFirst();
            List<String> lines = answer.text().lines().toList();
            List<String> path = lines.isEmpty() ? List.of() : List.of(lines.getFirst().split("/", -1));
            boolean partition = lines.size() > 1;
            String name = path.isEmpty()
                    ? ""
                    : partition && path.size() > 1 ? path.get(path.size() - 2) : path.getLast();
            if (!answer.ok() || !name.matches(NAME)) {
                throw trouble("its /sys doesn't tell what disk " + root.source() + " is on", other);
            }
            if (!partition) {
                throw trouble("its / is on " + name.replace('!', '/') + ", which is no partition of a disk", other);
            }
            return name;
        }
    }

    /** The last thing that a program complained of. */
    private static String last(Answer answer) {
        return Stream.concat(Stream.of("it ended with " + answer.status()), answer.errors().lines())
                .filter(line -> !line.isBlank() && !line.matches("[0-9+]+ records (in|out)|.* copied.*"))
                .reduce((_, later) -> later).orElse("");
    }

    /** Its name there. */
    String device() {
        return device;
    }

    @Override
    public String shown() {
        return device + " of " + node;
    }

    @Override
    public List<String> uses() {
        return uses;
    }

    @Override
    public void settle() throws IOException {
        if (!uses.isEmpty()) {
            asked(Sh.raw("sync"));
        }
    }

    /** A device's own pages don't know what files have; where dd can't have them dropped, all that the node has read goes. */
    @Override
    public void forget() throws IOException {
        known.clear();
        if (!uses.isEmpty()) {
            asked(Sh.of("dd if={} iflag=nocache count=0 2>/dev/null || echo 1 >/proc/sys/vm/drop_caches; :", device));
        }
    }

    @Override
    public long length() {
        return length;
    }

    @Override
    public ByteBuffer read(long at, int bytes) throws IOException {
        within(at, bytes);
        byte[] all = new byte[bytes];
        for (int done = 0; done < bytes;) {
            long unit = (at + done) / UNIT;
            byte[] there = unit(unit);
            int from = (int) (at + done - unit * UNIT);
            int some = Math.min(bytes - done, there.length - from);
            System.arraycopy(there, from, all, done, some);
            done += some;
        }
        return ByteBuffer.wrap(all).order(ByteOrder.LITTLE_ENDIAN);
    }

    private byte[] unit(long unit) throws IOException {
        byte[] there = known.get(unit);
        if (there == null) {
            there = new byte[(int) Math.min(UNIT, length - unit * UNIT)];
            var one = new BitSet();
            one.set(0);
            fill(unit * UNIT, there, there.length, one);
            known.put(unit, there);
        }
        return there;
    }

    @Override
    public void fill(long at, byte[] into, int size, BitSet wanted) throws IOException {
        Sh script = Sh.of("d() { dd if={} bs=" + UNIT + " skip=$1 count=$2; }", device);
        for (int from = wanted.nextSetBit(0); from >= 0;) {
            int end = wanted.nextClearBit(from);
            script = Sh.of("{}\nd {} {} || exit 1", script, at / UNIT + from, end - from);
            from = wanted.nextSetBit(end);
        }
        byte[] came = asked(script);
        int taken = 0;
        for (int from = wanted.nextSetBit(0); from >= 0;) {
            int end = wanted.nextClearBit(from);
            int bytes = Math.min(end * UNIT, size) - from * UNIT;
            if (came.length < taken + bytes) {
                throw new IOException("it ended too early: is it broken, or was it pulled out?");
            }
            System.arraycopy(came, taken, into, from * UNIT, bytes);
            taken += (int) Math.min((long) (end - from) * UNIT, length - at - (long) from * UNIT);
            from = wanted.nextSetBit(end);
        }
    }

    private byte[] asked(Sh script) throws IOException {
        try {
            Answer answer = shell.ask(List.of(Piece.free(script))).getFirst();
            if (!answer.ok()) {
                throw new IOException(last(answer));
            }
            return answer.out();
        } catch (NoShellException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    @Override
    public void close() {
        // the shell is whose it was
    }
}
