package bramble.cli;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;

/** The end of this program, once all is closed. */
final class Exit {
    private Exit() {}

    /**
     * Ends the program at once, by the system's {@code _exit} where the virtual machine would wait: for 0.3 seconds, each time that it
     * had to do with sockets, for the thread that watches them and never comes back (HotSpot's VM_Exit).
     */
    static void with(int code) {
        boolean unpacked = System.getProperty("org.sqlite.lib.path") == null; // by the driver, which removes it at the end
        if (watchesSockets() && !unpacked) {
            atOnce(code);
        }
        System.exit(code);
    }

    private static boolean watchesSockets() {
        return Thread.getAllStackTraces().keySet().stream().anyMatch(thread -> thread.getName().endsWith("Poller"));
    }

    @SuppressWarnings("restricted") // native access is what this is for
    private static void atOnce(int code) {
        Linker linker = Linker.nativeLinker();
        linker.defaultLookup().find("_exit").ifPresent(function -> {
            try {
                linker.downcallHandle(function, FunctionDescriptor.ofVoid(ValueLayout.JAVA_INT)).invokeExact(code);
            } catch (Throwable e) {
                throw new IllegalStateException(e);
            }
        });
    }
}
