package bramble.cli;

/** What is done if the program is ended, by Ctrl-C say, before this is closed. */
final class ExitHook implements AutoCloseable {
    private final Thread hook;

    ExitHook(Runnable work) {
        hook = new Thread(work);
        Runtime.getRuntime().addShutdownHook(hook);
    }

    @Override
    public void close() {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException _) {
            // the program is being ended
        }
    }
}
