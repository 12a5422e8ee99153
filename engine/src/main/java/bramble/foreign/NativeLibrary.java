package bramble.foreign;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** A shared library that may be on this machine, and its functions. To load one costs tens of milliseconds, which only much work is worth. */
public final class NativeLibrary {
    private final SymbolLookup symbols;

    private NativeLibrary(SymbolLookup symbols) {
        this.symbols = symbols;
    }

    /**
     * Loads the first of some libraries that has all that is wanted of it.
     *
     * @param names by which the system knows them, versions included
     * @param needed the functions it has to have
     * @return empty if there is none such
     */
    public static Optional<NativeLibrary> find(List<String> names, List<String> needed) {
        return names.stream().flatMap(name -> open(name, needed)).findFirst();
    }

    @SuppressWarnings("restricted") // native access is what this is for
    private static Stream<NativeLibrary> open(String name, List<String> needed) {
        try {
            SymbolLookup symbols = SymbolLookup.libraryLookup(name, Arena.global());
            boolean whole = needed.stream().allMatch(function -> symbols.find(function).isPresent());
            return whole ? Stream.of(new NativeLibrary(symbols)) : Stream.empty();
        } catch (IllegalArgumentException _) {
            return Stream.empty();
        }
    }

    /** A function that gives back an int and comes back soon; arrays of Java may be passed where it takes pointers. */
    public MethodHandle number(String name, MemoryLayout... takes) {
        return function(name, FunctionDescriptor.of(ValueLayout.JAVA_INT, takes), Linker.Option.critical(true));
    }

    /** A function that makes something. */
    public MethodHandle pointer(String name, MemoryLayout... takes) {
        return function(name, FunctionDescriptor.of(ValueLayout.ADDRESS, takes));
    }

    /** A function that gives nothing back. */
    public MethodHandle nothing(String name, MemoryLayout... takes) {
        return function(name, FunctionDescriptor.ofVoid(takes));
    }

    /** Any function. */
    @SuppressWarnings("restricted") // native access is what this is for
    public MethodHandle function(String name, FunctionDescriptor form, Linker.Option... options) {
        MemorySegment function = symbols.find(name)
                .orElseThrow(() -> new IllegalStateException("the library has no " + name));
        return Linker.nativeLinker().downcallHandle(function, form, options);
    }
}
