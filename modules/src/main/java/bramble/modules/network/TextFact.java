package bramble.modules.network;

import bramble.module.Beyond;
import bramble.module.FarFact;
import bramble.shell.Answer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** Asks for a short text that a server has: a list of checksums. */
record TextFact(WebRequest request, Means means) implements FarFact<TextFact.Found> {
    private static final int MOST = 4 << 20; // bytes

    /**
     * The text.
     *
     * @param problem why there is none; empty if there is one
     */
    record Found(String text, String problem) {}

    @Override
    public Found look(Beyond beyond) {
        if (means != Means.CONTROLLER) {
            Answer answer = beyond.ask().apply(Means.output(means, request));
            Means.Told told = Means.Told.of(answer);
            return answer.ok() && told.status() < 300
                    ? new Found(answer.text(), "")
                    : new Found("", told.status() == 0 ? told.errors() : told.problem());
        }
        try (WebReply reply = WebClient.of(beyond, request).ask(request)) {
            return reply.ok()
                    ? new Found(new String(reply.body().readNBytes(MOST), StandardCharsets.UTF_8), "")
                    : new Found("", reply.problem());
        } catch (IOException e) {
            return new Found("", String.valueOf(e.getMessage()));
        }
    }
}
