package bramble.modules.files;

import bramble.args.Arg;
import bramble.args.Doc;
import bramble.module.AnyModule;
import bramble.module.Conversation;
import bramble.module.Result;
import bramble.module.Talk;
import bramble.shell.Answer;
import bramble.shell.Content;
import bramble.shell.Piece;
import bramble.shell.Sh;
import bramble.value.MapValue;
import bramble.value.Text;
import com.google.auto.service.AutoService;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;

/** {@code fetch}: a file of a node comes to the controller. */
@AutoService(AnyModule.class)
public final class FetchModule implements Conversation<FetchModule.Args> {

    /** The arguments of {@code fetch}. */
    @Doc(value = "Brings a file from a node to the controller.", example = """
            - name: Keep the token that the first server made
              fetch:
                src: /var/lib/rancher/k3s/server/node-token
                dest: tokens/
                flat: true
            """, returns = {"dest: str: the file on the controller", "file: str: the file on the node",
        "checksum: str: SHA-1 of the content", "md5sum: str: MD5 of the content", "remote_checksum: str: the same"})
    public record Args(@Arg(value = "The file on the node.", nodePath = true) String src,
            @Arg("The directory on the controller, in which the host's name and the whole path are added; or, if flat, the file.") String dest,
            @Arg(value = "Whether dest is the file itself, or ends with a slash and gets only the file's name.", fallback = "false") boolean flat,
            @Arg(value = "Whether a file that isn't there is a failure.", fallback = "true") boolean failOnMissing,
            @Arg(value = "Accepted; what arrives is always counted.", fallback = "true") boolean validateChecksum) {}

    @Override
    public String name() {
        return "fetch";
    }

    @Override
    public Class<Args> args() {
        return Args.class;
    }

    @Override
    public Result hold(Args args, Talk talk) throws InterruptedException {
        var digest = new DigestFact(args.src(), "SHA-1");
        var path = new PathFact(args.src());
        Seen seen = talk.node().ask(bramble.module.Inquiry.ask(List.of(path, digest),
                known -> new Seen(known.get(path).followed(), known.get(digest))));
        MapValue named = MapValue.of("file", args.src());
        switch (seen.state()) {
            case PathState.Absent absent when absent.blocked() -> {
                return Result.failed("Tried to fetch " + args.src() + ", but " + PathState.Absent.IN_ITS_WAY, named);
            }
            case PathState.Absent _ -> {
                return args.failOnMissing()
                        ? Result.failed("the remote file does not exist", named)
                        : Result.ok(named.with("msg", "the remote file does not exist, not transferring, ignored"));
            }
            case PathState.Directory _ -> {
                String why = "remote file is a directory, fetch cannot work on directories";
                return args.failOnMissing() ? Result.failed(why, named) : Result.ok(named.with("msg", why));
            }
            case PathState.Present _ -> {
                if (seen.digest().algorithm().isEmpty()) {
                    return Result.failed("the remote file may not be read", named);
                }
            }
        }
        if (talk.controller().dryRun()) {
            return Result.skipped("check mode not (yet) supported for this module");
        }
        Path dest = destination(args, talk);
        if (args.flat() && !args.dest().endsWith("/") && Files.isDirectory(dest)) {
            return Result.failed(
                    "dest is an existing directory, use a trailing slash if you want to fetch src into that directory",
                    named);
        }
        try {
            return fetched(args, talk, seen, dest);
        } catch (IOException e) {
            return Result.failed("Tried to write " + dest + ", but: " + e.getMessage(), named);
        }
    }

    private record Seen(PathState state, DigestFact.Digest digest) {}

    private static Result fetched(Args args, Talk talk, Seen seen, Path dest) throws IOException {
        MapValue results = MapValue.of("dest", dest.toString(), "file", args.src(), "checksum", seen.digest().hex(),
                "remote_checksum", seen.digest().hex(), "remote_md5sum", null);
        if (Files.isRegularFile(dest) && Content.of(dest).sha1().equals(seen.digest().hex())) {
            return Result.ok(results.with("md5sum", Content.of(dest).digest("MD5")));
        }
        Answer answer = talk.node().run(List.of(Piece.free(Sh.of("cat {}", seen.state().real())))).getFirst();
        Content content = new Content.Bytes(answer.out());
        if (answer.cut()) {
            return Result.failed("Tried to fetch " + args.src() + ", but it is larger than the "
                    + answer.out().length / (1024 * 1024) + " MiB that can be fetched", results);
        }
        if (!answer.ok() || !content.sha1().equals(seen.digest().hex())) {
            return Result.failed("checksum mismatch" + (answer.ok() ? "" : ": " + answer.errors().strip()),
                    results.with("checksum", content.sha1()));
        }
        Path folder = dest.toAbsolutePath().getParent();
        if (folder != null) {
            Files.createDirectories(folder);
        }
        Path part = Files.createTempFile(folder, ".bramble", ".part");
        try {
            Files.write(part, answer.out());
            Files.move(part, dest, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(part);
        }
        return Result.changed(results.with("md5sum", content.digest("MD5")));
    }

    private static Path destination(Args args, Talk talk) {
        Path base = talk.scope().get("playbook_dir") instanceof Text(String folder)
                ? Path.of(folder)
                : talk.scope().site().workingDirectory();
        Path dest = base.resolve(args.dest().equals("~") || args.dest().startsWith("~/")
                ? System.getProperty("user.home") + args.dest().substring(1)
                : args.dest());
        if (args.flat()) {
            return args.dest().endsWith("/") ? dest.resolve(NodePath.name(NodePath.normal(args.src()))) : dest;
        }
        String host = talk.scope().get("inventory_hostname") instanceof Text(String name) ? name : "localhost";
        String path = NodePath.normal(args.src());
        return dest.resolve(host).resolve(path.startsWith("/") ? path.substring(1) : path).normalize();
    }
}
