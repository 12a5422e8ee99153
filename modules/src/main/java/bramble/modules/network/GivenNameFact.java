package bramble.modules.network;

import bramble.module.Beyond;
import bramble.module.FarFact;
import bramble.shell.Content;
import java.io.IOException;
import java.util.Optional;

/**
 * Asks a server for the name that it gives to what it would send, by a header or by the URL that it leads on to; empty where it gives none,
 * or can't be reached.
 */
record GivenNameFact(WebRequest request) implements FarFact<Optional<String>> {
    @Override
    public Optional<String> look(Beyond beyond) {
        try (WebReply head = WebClient.of(beyond, request).ask(request.withMethod("HEAD", Content.none()))) {
            if (head.ok()) {
                return name(head);
            }
        } catch (IOException e) {
            return Optional.empty();
        }
        try (WebReply whole = WebClient.of(beyond, request).ask(request)) { // some know no HEAD; the body isn't read
            return whole.ok() ? name(whole) : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private Optional<String> name(WebReply reply) {
        return Disposition.fileName(reply.headers()).or(() -> Optional.ofNullable(reply.url().getPath())
                .flatMap(Disposition::lastPart));
    }
}
