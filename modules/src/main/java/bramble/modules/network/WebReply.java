package bramble.modules.network;

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
