package bramble.modules.network;

import bramble.shell.Content;
import bramble.shell.Progress;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.util.List;
import java.util.Optional;

/**
 * What a web server answered.
 *
 * @param url that answered, after all redirects
 * @param body without the transfer's own coding; whoever reads it closes the reply
 */
public record WebReply(URI url, int status, String reason, List<WebRequest.Header> headers, InputStream body,
        Closeable end) implements Closeable {
    public WebReply {
        headers = List.copyOf(headers);
    }

    /** The first header of that name. */
    public Optional<String> header(String name) {
        return headers.stream().filter(header -> header.is(name)).map(WebRequest.Header::value).findFirst();
    }

    /** All of the body, in a file; it is told how far that is. */
    Content content(Progress received) throws IOException {
        boolean whole = header("content-encoding").isEmpty(); // else the length is that of what was packed
        long length = header("content-length").filter(text -> whole && text.matches("\\d{1,18}")).map(Long::parseLong)
                .orElse(0L);
        return Spool.of(body, came -> received.at(came, length));
    }

    public boolean ok() {
        return status >= 200 && status < 300;
    }

    /** In Ansible's words. */
    public String problem() {
        return "HTTP Error " + status + ": " + reason;
    }

    @Override
    public void close() throws IOException {
        end.close();
    }
}
