package bramble.cli;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** How much text fits a terminal. */
record ScreenSize(int columns, int rows) {
    /** Where nothing is known. */
    static final ScreenSize USUAL = new ScreenSize(80, 24);

    private static final int STANDARD_OUTPUT = 1;

    /**
     * Asks the terminal that standard output is; it can be resized at any time. One that doesn't know, a serial line say, has
     * the size that {@code COLUMNS} and {@code LINES} tell, or the usual one.
     */
    @SuppressWarnings("restricted") // one call of the C library, which needs native access as the record's database does
    static Supplier<ScreenSize> ofStandardOutput(Map<String, String> environment) {
        var usual = new ScreenSize(number(environment.get("COLUMNS"), USUAL.columns),
                number(environment.get("LINES"), USUAL.rows));
        try {
            Linker linker = Linker.nativeLinker();
            MethodHandle ioctl = linker.downcallHandle(linker.defaultLookup().find("ioctl").orElseThrow(),
                    FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_LONG,
                            ValueLayout.ADDRESS),
                    Linker.Option.firstVariadicArg(2));
            return () -> asked(ioctl, usual);
        } catch (RuntimeException e) {
            return () -> usual; // a system without it: the usual size is a fair guess
        }
    }

    private static int number(@Nullable String text, int otherwise) {
        return text != null && text.matches("[1-9][0-9]{0,3}") ? Integer.parseInt(text) : otherwise;
    }

    private static ScreenSize asked(MethodHandle ioctl, ScreenSize usual) {
        boolean mac = System.getProperty("os.name", "").toLowerCase(Locale.ROOT).contains("mac");
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment size = arena.allocate(ValueLayout.JAVA_SHORT, 4);
            int status = (int) ioctl.invokeExact(STANDARD_OUTPUT, mac ? 0x40087468L : 0x5413L, size);
            int rows = Short.toUnsignedInt(size.getAtIndex(ValueLayout.JAVA_SHORT, 0));
            int columns = Short.toUnsignedInt(size.getAtIndex(ValueLayout.JAVA_SHORT, 1));
            return status == 0 && rows > 0 && columns > 0 ? new ScreenSize(columns, rows) : usual;
        } catch (Error e) {
            throw e;
        } catch (Throwable e) { // what a method handle may throw is not known to the compiler
            return usual;
        }
    }
}
