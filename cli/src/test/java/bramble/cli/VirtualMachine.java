package bramble.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A machine of its own with a kernel of Debian, in which a card lies: it starts as the card's cmdline.txt says, as often as it
 * reboots. Its port for SSH is one of this machine's.
 */
final class VirtualMachine implements AutoCloseable {
    private static final String PROGRAM = "qemu-system-x86_64";

    private final Path card;
    private final Path kernel;
    private final Path log;
    private final int port;
    private final Thread power;
    private volatile boolean on = true;

    private VirtualMachine(Path card, Path kernel, int port) {
        this.card = card;
        this.kernel = kernel;
        this.port = port;
        log = card.resolveSibling("console.log");
        power = Thread.ofVirtual().start(this::run);
    }

    /** A port of this machine that is free. */
    static int freePort() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    /** Whether there is what it takes; else why it isn't. */
    static String missing() {
        if (!System.getProperty("os.arch").equals("amd64")) {
            return "the kernel for virtual machines that is tried is one for amd64";
        }
        boolean there = Stream.of(System.getenv("PATH").split(":", -1)).anyMatch(
                folder -> Files.isExecutable(Path.of(folder, PROGRAM)));
        return there ? "" : PROGRAM + " isn't installed";
    }

    /** Switches one on. */
    static VirtualMachine on(Path card, int port) throws IOException {
        try (Stream<Path> trees = Files.list(Path.of("/var/lib/bramble-lab/base"))) {
            return new VirtualMachine(card,
                    trees.filter(tree -> tree.getFileName().toString().startsWith("kernel.")).findFirst().orElseThrow(),
                    port);
        }
    }

    /** What its console has shown. */
    String console() {
        try {
            return Files.exists(log) ? new String(Files.readAllBytes(log), StandardCharsets.ISO_8859_1) : "";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void run() {
        try {
            while (on) {
                Process process = started();
                try {
                    process.waitFor();
                } finally {
                    process.destroyForcibly();
                    process.waitFor(10, TimeUnit.SECONDS);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt(); // switched off
        }
    }

    /** The processor is the real one if Debian's kernel runs in KVM here: not where KVM is one for kernels of its own kind. */
    private Process started() throws IOException {
        boolean real = Files.isWritable(Path.of("/dev/kvm")) && Files.readString(Path.of("/proc/cpuinfo"))
                .matches("(?s).*flags\\s*:[^\\n]* (vmx|svm)\\b.*");
        var words = new ArrayList<>(List.of(PROGRAM, "-nodefaults", "-no-user-config", "-no-reboot", "-M", "pc", "-m",
                "512", "-display", "none"));
        words.addAll(real ? List.of("-accel", "kvm", "-cpu", "host") : List.of("-accel", "tcg", "-cpu", "max"));
        words.addAll(List.of("-kernel", kernel.resolve("vmlinuz").toString(), "-append",
                SystemImage.text(card, "cmdline.txt").strip().replace("serial0", "ttyS0"), "-drive",
                "file=" + card + ",format=raw,if=none,id=card,cache=writeback", "-device",
                "nvme,serial=card,drive=card", "-netdev",
                "user,id=net,restrict=on,hostfwd=tcp:127.0.0.1:" + port + "-:22", "-device",
                "virtio-net-pci,netdev=net,romfile=", "-serial", "stdio"));
        return new ProcessBuilder(words).redirectErrorStream(true).redirectInput(new java.io.File("/dev/null"))
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile())).start();
    }

    /** Pulls its plug. */
    @Override
    public void close() {
        on = false;
        power.interrupt();
        try {
            power.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
