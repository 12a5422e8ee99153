package bramble.modules.network;

import bramble.module.Beyond;
import bramble.module.FarFact;
import bramble.modules.files.DigestFact;
import bramble.modules.files.NodePath;
import bramble.modules.files.PathFact;
import bramble.modules.files.PathState;
import bramble.shell.Answer;
import bramble.shell.Content;
import bramble.shell.Sh;
import java.io.IOException;
import java.io.InputStream;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HexFormat;
import java.util.List;

/**
 * Asks whether a server still has what is in a file. What it sends is counted, and kept nowhere.
 *
 * @param inside its name, if the path is a folder
 * @param force whether it is fetched even if the server says that it is older than the file
 */
record OfferFact(String path, String inside, WebRequest request, Means means, boolean force) implements FarFact<Offer> {
    /** The checksum of a file, and of what comes in, by a program that the node has. */
    private static final Sh.Library LIBRARY = new Sh.Library("b_offer", """
            b_offer() { # file
              for b_s in sha1sum sha256sum md5sum; do command -v $b_s >/dev/null 2>&1 && break; done
              $b_s <"$1"
              b_fetch | $b_s
            }""");

    @Override
    public Offer look(Beyond beyond) {
        PathState there = beyond.read().get(new PathFact(path)).followed();
        if (there instanceof PathState.Directory) {
            there = beyond.read().get(new PathFact(NodePath.within(path, inside))).followed();
        }
        if (!(there instanceof PathState.File file)) {
            return beyond.dryRun() && there.missing() && means != Means.FILE ? asked(beyond) : new Offer.NoFile("");
        }
        WebRequest asked = force || file.inode().mtime().isEmpty()
                ? request
                : request.with(List.of(since(file.inode().mtime().getAsLong())));
        return means == Means.CONTROLLER
                ? throughController(file, asked, beyond)
                : onNode(file, asked, beyond);
    }

    /** A server that can't be reached yet may be by the time of the real run. */
    private Offer asked(Beyond beyond) {
        try (WebReply reply = WebClient.of(beyond, request)
                .ask(request.withMethod("HEAD", Content.none()))) {
            boolean unsaid = reply.status() == 405 || reply.status() == 501; // it doesn't know HEAD
            return reply.status() >= 400 && !unsaid
                    ? new Offer.Missing(reply.status(), reply.problem())
                    : new Offer.NoFile(reply.header("content-length").map(n -> "OK (" + n + " bytes)").orElse(""));
        } catch (IOException e) {
            return new Offer.NoFile("");
        }
    }

    static WebRequest.Header since(long seconds) {
        return new WebRequest.Header("If-Modified-Since",
                DateTimeFormatter.RFC_1123_DATE_TIME.format(Instant.ofEpochSecond(seconds).atOffset(ZoneOffset.UTC))
                        .replaceFirst("^(\\w+, )(\\d )", "$10$2"));
    }

    private Offer onNode(PathState.File file, WebRequest asked, Beyond beyond) {
        // wget takes no headers here: the whole is compared
        Sh script = Sh.of("b_fetch() {\n{}\n}\nb_offer {}",
                Means.output(means, means == Means.WGET || means == Means.FILE ? request : asked), file.real())
                .using(LIBRARY);
        Answer answer = beyond.ask().apply(script);
        Means.Told told = Means.Told.of(answer);
        if (told.status() == 304) {
            return new Offer.Same(304);
        }
        if (told.status() < 200 || told.status() > 299) {
            return new Offer.Failed(told.status() == 0 ? told.errors() : told.problem());
        }
        List<String> sums = answer.text().lines().toList();
        return sums.size() == 2 && sums.get(0).equals(sums.get(1)) ? new Offer.Same(told.status()) : new Offer.Other();
    }

    private Offer throughController(PathState.File file, WebRequest asked, Beyond beyond) {
        var fact = new DigestFact(file.real());
        try (WebReply reply = WebClient.of(beyond, request).ask(asked)) {
            if (reply.status() == 304) {
                return new Offer.Same(304);
            }
            if (!reply.ok()) {
                return new Offer.Failed(reply.problem());
            }
            DigestFact.Digest digest = beyond.read().get(fact);
            MessageDigest counted = MessageDigest.getInstance(digest.algorithm());
            try (InputStream in = new DigestInputStream(reply.body(), counted)) {
                in.transferTo(java.io.OutputStream.nullOutputStream());
            }
            return HexFormat.of().formatHex(counted.digest()).equals(digest.hex())
                    ? new Offer.Same(reply.status())
                    : new Offer.Other();
        } catch (IOException e) {
            return new Offer.Failed(String.valueOf(e.getMessage()));
        } catch (NoSuchAlgorithmException e) {
            return new Offer.Failed(file.real() + " can't be read");
        }
    }
}
