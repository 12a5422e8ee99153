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
import bramble.value.MapValue;
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
import java.util.Optional;

/**
 * Asks whether a server still has what is in a file. What it sends is counted, and kept nowhere.
 *
 * @param inside its name, if the path is a folder
 * @param force whether it is fetched even if the server says that it is older than the file
 * @param checksum what decides whether it is fetched; a dry run then asks only whether it can be had
 */
record OfferFact(String path, String inside, WebRequest request, Means means, boolean force,
        Optional<Checksum> checksum) implements FarFact<Offer> {
    /** The checksum of a file, and of what comes in, by a program that the node has. */
    private static final Sh.Library LIBRARY = new Sh.Library("b_offer", """
            b_offer() { # file
              for b_s in sha1sum sha256sum md5sum; do command -v $b_s >/dev/null 2>&1 && break; done
              echo $b_s; $b_s <"$1"
              b_fetch | $b_s
              ! command -v md5sum >/dev/null 2>&1 || md5sum <"$1"
            }""");

    @Override
    public Offer look(Beyond beyond) {
        String at = path;
        PathState there = beyond.read().get(new PathFact(at)).followed();
        if (there instanceof PathState.Directory) {
            at = NodePath.within(path, inside);
            there = beyond.read().get(new PathFact(at)).followed();
        }
        if (checksum.isPresent()) {
            boolean comes = beyond.dryRun() && means != Means.FILE
                    && (there.missing() || (there instanceof PathState.File && !checksum.get().isOf(
                            beyond.read().get(new DigestFact(at, checksum.get().algorithm())))));
            return comes ? asked(beyond) : new Offer.NoFile("");
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
            return new Offer.Unmodified();
        }
        if (told.status() < 200 || told.status() > 299) {
            return told.status() == 0
                    ? new Offer.Failed(told.errors())
                    : new Offer.Missing(told.status(), told.problem());
        }
        List<String> lines = answer.text().lines().map(line -> line.split(" ", 2)[0]).toList();
        return lines.size() > 2 && lines.get(1).equals(lines.get(2))
                ? new Offer.Same(sums(lines.getFirst().equals("sha1sum"), lines.get(1),
                        lines.size() > 3 ? Optional.of(lines.get(3)) : Optional.empty()))
                : new Offer.Other();
    }

    private static MapValue sums(boolean sha1, String sum, Optional<String> md5) {
        MapValue sums = sha1 ? MapValue.of("checksum_src", sum, "checksum_dest", sum) : MapValue.EMPTY;
        return md5.isPresent() ? sums.with("md5sum", md5.get()) : sums;
    }

    private Offer throughController(PathState.File file, WebRequest asked, Beyond beyond) {
        var fact = new DigestFact(file.real());
        try (WebReply reply = WebClient.of(beyond, request).ask(asked)) {
            if (reply.status() == 304) {
                return new Offer.Unmodified();
            }
            if (!reply.ok()) {
                return new Offer.Missing(reply.status(), reply.problem());
            }
            DigestFact.Digest digest = beyond.read().get(fact);
            MessageDigest counted = MessageDigest.getInstance(digest.algorithm());
            MessageDigest md5 = MessageDigest.getInstance("MD5");
            try (InputStream in = new DigestInputStream(new DigestInputStream(reply.body(), counted), md5)) {
                in.transferTo(java.io.OutputStream.nullOutputStream());
            }
            boolean sha1 = digest.algorithm().replace("-", "").equalsIgnoreCase("sha1");
            return HexFormat.of().formatHex(counted.digest()).equals(digest.hex())
                    ? new Offer.Same(sums(sha1, digest.hex(), Optional.of(HexFormat.of().formatHex(md5.digest()))))
                    : new Offer.Other();
        } catch (IOException e) {
            return new Offer.Failed(String.valueOf(e.getMessage()));
        } catch (NoSuchAlgorithmException e) {
            return new Offer.Failed(file.real() + " can't be read");
        }
    }
}
