package bramble.modules.files;

import bramble.args.Arg;
import bramble.args.Doc;
import bramble.module.Action;
import bramble.module.AnyModule;
import bramble.module.Conversation;
import bramble.module.Result;
import bramble.module.Talk;
import bramble.shell.Answer;
import bramble.shell.Content;
import bramble.shell.Sh;
import bramble.value.HomePath;
import bramble.value.MapValue;
import bramble.value.PythonText;
import bramble.value.Text;
import bramble.value.Value;
import com.google.auto.service.AutoService;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;

/** {@code fetch}: a file of a node comes to the controller. */
@AutoService(AnyModule.class)
public final class FetchModule implements Conversation<FetchModule.Args> {

    private static final long BLOCK = 1 << 20; // bytes
    private static final long BLOCKS = 8; // in one round trip, and in memory, several times over

    /** The arguments of {@code fetch}. */
    @Doc(value = "Brings a file from a node to the controller.", missing = "src and dest are required", example = """
            - name: Keep the token that the first server made
              fetch:
                src: /var/lib/rancher/k3s/server/node-token
                dest: tokens/
                flat: true
            """, returns = {"dest: str: the file on the controller", "file: str: the file on the node",
        "checksum: str: SHA-1 of the content", "md5sum: str: MD5 of the content", "remote_checksum: str: the same"})
    public record Args(@Arg(value = "The file on the node.", nodePath = true) Value src,
            @Arg("The directory on the controller, in which the host's name and the whole path are added; or, if flat, the file.") String dest,
            @Arg(value = "Whether dest is the file itself, or ends with a slash and gets only the file's name.", fallback = "false") boolean flat,
            @Arg(value = "Whether a file that isn't there is a failure.", fallback = "true") boolean failOnMissing,
            @Arg(value = "Accepted; what arrives is always counted.", fallback = "true") boolean validateChecksum) {
        private String path() {
            return PythonText.of(src);
        }
    }

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
        if (!(args.src() instanceof Text)) {
            return Result.failed("Invalid type supplied for source option, it must be a string", MapValue.EMPTY);
        }
        var digest = new DigestFact(args.path()); // of the kind that the node can do
        var path = new PathFact(args.path());
        Seen seen = talk.node().ask(bramble.module.Inquiry.ask(List.of(path, digest),
                known -> new Seen(known.get(path).followed(), known.get(digest))));
        MapValue named = MapValue.of("file", args.path());
        switch (seen.state()) {
            case PathState.Absent absent when absent.blocked() -> {
                String why = "the remote file is not readable: Permission denied, or "
                        + "something that is no directory is in its way";
                return args.failOnMissing()
                        ? Result.failed("Tried to fetch " + args.path() + ", but " + why, named)
                        : Result.ok(named.with("msg", why + ", not transferring, ignored"));
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
                    return Result.failed("Tried to fetch " + args.path() + ", but the remote file is not readable",
                            named);
                }
            }
        }
        Path dest;
        try {
            dest = destination(args, talk);
        } catch (InvalidPathException _) {
            return Result.failed("Tried to fetch " + args.path()
                    + ", but its name isn't UTF-8, and this machine has no file of such a name: give dest a name, with flat: true",
                    named);
        }
        if (args.flat() && !args.dest().endsWith("/") && Files.isDirectory(dest)) {
            return Result.failed(
                    "dest is an existing directory, use a trailing slash if you want to fetch src into that directory",
                    named);
        }
        if (Files.isDirectory(dest)) {
            return Result
                    .failed("calculated dest '" + dest + "' is an existing directory, use another path that does not"
                            + " point to an existing directory", named);
        }
        try {
            return fetched(args, talk, seen, dest);
        } catch (IOException e) {
            return Result.failed("Tried to write " + dest + ", but: " + e.getMessage(), named);
        }
    }

    private record Seen(PathState state, DigestFact.Digest digest) {}

    private static Result fetched(Args args, Talk talk, Seen seen, Path dest) throws IOException {
        MapValue results = MapValue.of("dest", dest.toString(), "file", args.path(), "remote_md5sum", null);
        if (Files.isRegularFile(dest) && seen.digest().of(Content.of(dest))) {
            return Result.ok(digests(results, Content.of(dest)));
        }
        if (talk.controller().dryRun()) {
            return Result.changed(seen.digest().algorithm().equals("SHA-1")
                    ? results.with("checksum", seen.digest().hex()).with("remote_checksum", seen.digest().hex())
                    : results);
        }
        Path folder = dest.toAbsolutePath().getParent();
        if (folder != null) {
            Files.createDirectories(folder);
        }
        Path part = Files.createTempFile(folder, ".bramble", ".part");
        try {
            Optional<String> failure = received(talk, seen.state(), part);
            Content content = Content.of(part);
            if (failure.isPresent() || !seen.digest().of(content)) {
                return Result.failed("checksum mismatch" + failure.map(why -> ": " + why).orElse(""),
                        results.with("checksum", content.sha1()).with("remote_checksum", seen.digest().hex()));
            }
            Files.move(part, dest, StandardCopyOption.REPLACE_EXISTING);
            return Result.changed(digests(results, Content.of(dest)));
        } finally {
            Files.deleteIfExists(part);
        }
    }

    private static MapValue digests(MapValue results, Content content) {
        String sha1 = content.sha1();
        return results.with("checksum", sha1).with("remote_checksum", sha1).with("md5sum", content.digest("MD5"));
    }

    /** Writes the node's file into that one, a piece after another if it is large; what went wrong, if anything did. */
    private static Optional<String> received(Talk talk, PathState state, Path part) throws IOException {
        long size = state instanceof PathState.File(_, Inode inode) ? inode.size().orElse(0) : 0;
        try (OutputStream out = Files.newOutputStream(part)) {
            for (long block = 0; block == 0 || block * BLOCK < size; block += BLOCKS) {
                Sh read = size <= BLOCK * BLOCKS // what the kernel makes up as it is read has no size, and isn't read in pieces
                        ? Sh.of("cat {}", state.real())
                        : Sh.of("dd if={} bs={} skip={} count={} 2>/dev/null", state.real(), BLOCK, block, BLOCKS);
                Answer answer = talk.node().part(new Action.Run(read), block * BLOCK, size);
                if (!answer.ok() || answer.cut()) {
                    return Optional.of(answer.cut() ? "more came than is kept of an answer" : answer.errors().strip());
                }
                out.write(answer.out());
            }
        }
        return Optional.empty();
    }

    private static Path destination(Args args, Talk talk) {
        Path base = talk.scope().get("playbook_dir") instanceof Text(String folder)
                ? Path.of(folder)
                : talk.scope().site().workingDirectory();
        Path dest = base.resolve(HomePath.expanded(args.dest()));
        if (args.flat()) {
            return args.dest().endsWith("/") ? dest.resolve(NodePath.name(NodePath.normal(args.path()))) : dest;
        }
        String host = talk.scope().get("inventory_hostname") instanceof Text(String name) ? name : "localhost";
        String path = NodePath.normal(args.path());
        return dest.resolve(host).resolve(path.startsWith("/") ? path.substring(1) : path).normalize();
    }
}
