package bramble.shell;

import bramble.value.EscapedBytes;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.LongConsumer;

/**
 * What goes to the shell for one {@code ask}: a header, the text of all pieces, then their inputs.
 *
 * <p>The head of coreutils takes exactly the bytes it is told to take. That of BusyBox takes more from a pipe, if there is
 * more, and drops it. For such a node the frame is cut into parts, each of which waits until the one before was taken in.
 *
 * @param leading the number of answers to leave out: those of pieces that only report that the text was taken in
 */
record Frame(List<Part> parts, int leading) {
    /** Longer texts go as bytes: reading by line costs a system call a byte. */
    private static final int SHORT = 600;

    /**
     * Bytes to send.
     *
     * @param after the number of pieces that must have ended before
     */
    record Part(int after, byte[] text, List<Content> inputs) {
        long length() {
            return text.length + inputs.stream().mapToLong(Content::length).sum();
        }

        void writeTo(OutputStream out, Progress progress) throws IOException {
            out.write(text);
            long all = length() - text.length;
            long done = 0;
            for (Content input : inputs) {
                long before = done;
                copy(input, out, n -> progress.at(before + n, all));
                done += input.length();
            }
            out.flush();
        }
    }

    /** @param exact whether the node's head takes exactly the bytes it is told to take */
    static Frame of(String mark, Collection<Sh.Library> define, List<Piece> pieces, boolean exact) {
        var text = new StringBuilder("b__s=\n");
        define.forEach(library -> text.append(library.text()).append('\n'));
        pieces.forEach(piece -> text.append("b__run ").append(piece.group()).append(' ').append(piece.input().length())
                .append(' ').append(word(piece.script().source())).append(piece.takes() ? " takes\n" : "\n"));
        text.append(": ").append(mark).append('\n');
        boolean byLine = text.length() <= SHORT;
        boolean inputs = pieces.stream().anyMatch(piece -> piece.input().length() > 0);
        boolean report = !exact && !byLine && inputs;
        if (report) {
            text.insert(0, "b__run -1 0 :\n");
        }
        byte[] bytes = EscapedBytes.encode(text.toString());
        String header = byLine
                ? mark + " l " + text.chars().filter(c -> c == '\n').count() + "\n"
                : mark + " b " + bytes.length + "\n";
        byte[] head = EscapedBytes.encode(header + text);
        int leading = report ? 1 : 0;
        return new Frame(exact ? whole(head, pieces) : parts(head, pieces, leading), leading);
    }

    private static List<Part> whole(byte[] head, List<Piece> pieces) {
        return List
                .of(new Part(0, head, pieces.stream().map(Piece::input).filter(input -> input.length() > 0).toList()));
    }

    private static List<Part> parts(byte[] head, List<Piece> pieces, int leading) {
        var parts = new ArrayList<Part>();
        parts.add(new Part(0, head, List.of()));
        int after = leading; // a text read by line was taken in exactly: the first input may follow at once
        for (int i = 0; i < pieces.size(); i++) {
            if (pieces.get(i).input().length() > 0) {
                parts.add(new Part(after, new byte[0], List.of(pieces.get(i).input())));
                after = leading + i + 1;
            }
        }
        return parts;
    }

    /** An empty script is a word as well. */
    private static String word(String script) {
        return script.isEmpty() ? "''" : Sh.quote(script);
    }

    private static void copy(Content input, OutputStream out, LongConsumer sent) throws IOException {
        byte[] buffer = new byte[64 * 1024];
        try (InputStream in = open(input)) {
            for (long left = input.length(); left > 0;) {
                int n = in.read(buffer, 0, (int) Math.min(left, buffer.length));
                if (n < 0) {
                    throw new ContentException("it became shorter while it was sent", new EOFException());
                }
                out.write(buffer, 0, n);
                left -= n;
                sent.accept(input.length() - left);
            }
        }
    }

    private static InputStream open(Content input) throws ContentException {
        try {
            return input.open();
        } catch (IOException e) {
            throw new ContentException("it can't be read (" + e + ")", e);
        }
    }

    /** The trouble is on this side, with what was to be sent. */
    static final class ContentException extends IOException {
        ContentException(String message, IOException cause) {
            super(message, cause);
        }
    }
}
