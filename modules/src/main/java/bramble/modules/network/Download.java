package bramble.modules.network;

import bramble.module.Action;
import bramble.module.Attributes;
import bramble.module.Beyond;
import bramble.module.Change;
import bramble.module.Diff;
import bramble.module.Effect;
import bramble.modules.files.AboutPath;
import bramble.modules.files.DigestFact;
import bramble.modules.files.Inode;
import bramble.modules.files.PathFact;
import bramble.modules.files.PathState;
import bramble.modules.files.Placed;
import bramble.modules.files.Rights;
import bramble.modules.files.Written;
import bramble.shell.Content;
import bramble.shell.Sh;
import bramble.value.MapValue;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A file that a web server has and that is to be at a path: it is put there when it is whole, and has the checksum that it must
 * have.
 */
record Download(WebRequest request, Means means, Optional<Checksum> checksum, Surroundings there) {
    Download(WebRequest request, Means means, Optional<Checksum> checksum) {
        this(request, means, checksum, Surroundings.NONE);
    }

    Download in(Surroundings surroundings) {
        return new Download(request, means, checksum, surroundings);
    }

    /** Checks and counts the new file; the results read what it prints. */
    private static final Sh.Library LIBRARY = new Sh.Library("b_sums", """
            b_sums() { # destination [program wanted]
              if [ -n "$2" ]; then
                b_x=$("$2" <"$new"); b_x=${b_x%% *}
                [ "$b_x" = "$3" ] || { echo "The checksum for $1 did not match $3; it was $b_x." >&2; return 1; }
              fi
              for b_s in sha1sum md5sum; do
                command -v $b_s >/dev/null 2>&1 && { b_x=$($b_s <"$new"); echo "$b_s ${b_x%% *}"; }
              done
              echo "bytes" $(wc -c <"$new")
            }""");

    /** @param old what is at the place now, with no folder missing above it */
    Change change(String path, PathState old, Rights rights, boolean backup) {
        String real = old.real();
        Attributes attributes = rights.written(old.followed()); // of a link, what it leads to
        boolean onController = means == Means.CONTROLLER;
        Optional<Checksum> counted = checksum.filter(_ -> !onController);
        Sh check = Sh.of("b_sums {} {} {}", path, counted.map(Checksum::program).orElse(""),
                counted.map(Checksum::hex).orElse("")).using(LIBRARY);
        var write = new Action.Write(real, Content.none(), attributes, Optional.of(check), backup && !old.missing(),
                Optional.empty());
        Action action = onController
                ? new Action.Errand("download " + request.url(), beyond -> fetch(beyond, path, write))
                : new Action.Make(Means.telling(Means.output(means, request)), write);
        return rights.flagged(new Change(path, diff(path, old), List.of(action), effects(path, old, rights),
                Written.refusal(old, attributes)));
    }

    private Diff diff(String path, PathState old) {
        String before = old instanceof PathState.Present present ? present.word() : "absent";
        return Diff.attributes(path, MapValue.of("path", path, "state", before),
                MapValue.of("path", path, "state", "file", "src", request.url().toString()));
    }

    private Action fetch(Beyond beyond, String path, Action.Write write) {
        try (WebReply reply = new WebClient(beyond.network(), there, beyond.ask()).ask(request)) {
            if (!reply.ok()) {
                return failing("status " + reply.status() + " " + reply.reason());
            }
            Content content = reply.content(beyond.received());
            if (checksum.isPresent()) {
                String is = content.digest(checksum.get().algorithm());
                if (!is.equals(checksum.get().hex())) {
                    return failing("The checksum for " + path + " did not match " + checksum.get().hex() + "; it was "
                            + is + ".");
                }
            }
            return new Action.Write(write.path(), content, write.attributes(),
                    write.validate().map(check -> Sh.of("echo {} >&2\n{}", "status " + reply.status(), check)),
                    write.backup(), write.still());
        } catch (IOException e) {
            return failing(String.valueOf(e.getMessage()));
        }
    }

    private static Action failing(String why) {
        return new Action.Run(Sh.of("echo {} >&2; exit 1", why));
    }

    private List<Effect> effects(String path, PathState old, Rights rights) {
        String real = old.real();
        Inode made = Inode.made(0666 & ~rights.me().umask(), rights.me(), real);
        Inode base = old.followed() instanceof PathState.File(_, Inode was)
                ? made.withMode(was.mode()).withUser(was.user()).withGroup(was.group())
                : made;
        var effects = new ArrayList<Effect>();
        effects.add(new Effect.Unknown((fact, value) -> fact instanceof AboutPath<?> && !(fact instanceof PathFact)
                && value instanceof Placed placed && placed.real().equals(real), path + " would be downloaded"));
        checksum.ifPresent(sum -> effects.add(Effect.becomes(new DigestFact(path, sum.algorithm()),
                new DigestFact.Digest(real, false, sum.algorithm(), sum.hex()))));
        effects.add(Effect.becomes(new PathFact(real), new PathState.File(real, rights.rewritten(base))));
        effects.add(Effect.becomes(new Fetched(path, request.url().toString()), true));
        return effects;
    }
}
