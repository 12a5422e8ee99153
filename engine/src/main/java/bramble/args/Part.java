package bramble.args;

/** What stands as a component in a record of arguments: an argument, another record of arguments, or what the run gives. */
sealed interface Part permits Argument, Shape, Part.OfRun {
    /** The {@link NodePython} of the host, the {@link ControllerFiles}, or the {@link FirstStarts}. */
    record OfRun(Class<?> type) implements Part {
        Object given(Resources resources) {
            ControllerFiles files = resources::file;
            return type == NodePython.class
                    ? resources.python()
                    : type == FirstStarts.class ? resources.firstStarts() : files;
        }
    }
}
