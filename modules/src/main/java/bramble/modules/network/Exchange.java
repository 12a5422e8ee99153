package bramble.modules.network;

import bramble.module.Beyond;
import bramble.module.FarFact;
import bramble.module.Inquiry;
import bramble.shell.Content;
import java.io.IOException;
import java.net.URI;
import java.util.List;

/** One request to a web server, and all of its answer. It is sent by the controller over the node's network. */
public record Exchange(WebRequest request) implements FarFact<Exchange.Answered> {
    /**
     * The answer.
     *
     * @param status -1 if there was none; {@code problem} says why then
     */
    public record Answered(int status, String problem, URI url, List<WebRequest.Header> headers, Content content) {}

    /** What it has to know of the node is asked for in the same round trip. */
    public Inquiry<Answered> inquiry() {
        Surroundings.Seen seen = Surroundings.Seen.of(request);
        return seen.idle() ? Inquiry.of(this) : Inquiry.ask(List.of(seen, this), known -> known.get(this));
    }

    @Override
    public Answered look(Beyond beyond) {
        try (WebReply reply = WebClient.of(beyond, request).ask(request)) {
            return new Answered(reply.status(), reply.problem(), reply.url(), reply.headers(),
                    reply.content(beyond.received()));
        } catch (IOException e) {
            return new Answered(-1, "Request failed: tried to ask " + request.url() + ", but " + e.getMessage(),
                    request.url(), List.of(), Content.none());
        }
    }
}
