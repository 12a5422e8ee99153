package bramble.modules.users;

import bramble.args.Arg;
import bramble.args.Doc;
import bramble.module.Action;
import bramble.module.AnyModule;
import bramble.module.Applied;
import bramble.module.Attributes;
import bramble.module.Change;
import bramble.module.Diff;
import bramble.module.Effect;
import bramble.module.Inquiry;
import bramble.module.Plan;
import bramble.module.Platform;
import bramble.module.TaskModule;
import bramble.module.Verdict;
import bramble.modules.files.ContentFact;
import bramble.modules.files.FileContent;
import bramble.modules.files.Inode;
import bramble.modules.files.NodePath;
import bramble.modules.files.Owner;
import bramble.modules.files.PathFact;
import bramble.modules.files.PathState;
import bramble.modules.files.Tried;
import bramble.shell.Answer;
import bramble.shell.Content;
import bramble.shell.Sh;
import bramble.value.MapValue;
import com.google.auto.service.AutoService;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/** {@code authorized_key}: who may log in with which key. */
@AutoService(AnyModule.class)
public final class AuthorizedKeyModule implements TaskModule<AuthorizedKeyModule.Args, KeysFact.Keys> {
    /** Whether the key is to be there. */
    public enum Wanted {
        ABSENT,
        PRESENT
    }

    @Doc(value = "Adds and removes the keys with which a user may log in.", collection = "ansible.posix", example = """
            - name: Let the controller log in as pi
              ansible.posix.authorized_key:
                user: pi
                key: ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIKfXn4nRUy0zl6kmYCUyCsfeCtDYhyqbPXC2TkOZKK0P controller
            """, returns = {"key: str: as given", "key_options: str: as given", "keyfile: str: the file of the keys",
        "path: str: as given", "user: str: as given", "state: str: as given", "exclusive: bool: as given",
        "manage_dir: bool: as given", "unique: bool: always false"})
    public record Args(@Arg("The user.") String user, @Arg("The public key, or several, a line each.") String key,
            @Arg(value = "The file of the keys; in the user's home if not given.", nodePath = true) Optional<String> path,
            @Arg(value = "Makes the folder of the file where it isn't there.", name = "manage_dir", fallback = "yes") boolean manageDir,
            @Arg(value = "Whether the key is to be there.", fallback = "present") Wanted state,
            @Arg(value = "What the key may be used for: options in front of it, separated by commas.", name = "key_options") Optional<String> keyOptions,
            @Arg(value = "Removes all other keys.", fallback = "no") boolean exclusive,
            @Arg("Replaces the comment behind the key.") Optional<String> comment,
            @Arg(value = "Whether certificates of web servers are checked, when a key is fetched.", name = "validate_certs", fallback = "yes") boolean validateCerts,
            @Arg(value = "Follows links to the file.", fallback = "no") boolean follow) {}

    @Override
    public String name() {
        return "authorized_key";
    }

    @Override
    public Class<Args> args() {
        return Args.class;
    }

    @Override
    public Inquiry<KeysFact.Keys> inspect(Args args, Platform node) {
        return Inquiry.of(new KeysFact(args.user(), args.path().orElse("")));
    }

    @Override
    public Plan plan(Args args, KeysFact.Keys actual) {
        if (args.key().matches("https?://\\S+|ftp://\\S+")) {
            return new Plan.Refused("Tried to take a key from " + args.key()
                    + ", but this module fetches nothing. Write key: \"{{ lookup('ansible.builtin.url', '" + args.key()
                    + "', split_lines=false) }}\" to have the controller fetch it.");
        }
        if (actual.path().isEmpty()) {
            return new Plan.Refused("Tried to find the keys of " + args.user()
                    + ", but there is no user " + args.user()
                    + ": make the user first, or give the key file's full path.");
        }
        var asked = new ArrayList<AuthorizedKey>();
        for (String line : args.key().lines().map(String::strip).toList()) {
            if (line.isEmpty() || line.startsWith("#")) {
                continue;
            }
            Optional<AuthorizedKey> key = AuthorizedKey.of(line);
            if (key.isEmpty()) {
                return new Plan.Refused("invalid key specified: " + line);
            }
            asked.add(
                    new AuthorizedKey(args.keyOptions().orElse(key.get().options()), key.get().type(), key.get().key(),
                            args.comment().orElse(key.get().comment())));
        }
        String before = actual.text().orElse("");
        List<String> lines = lines(args, asked, before.lines().toList());
        String after = lines.stream().map(line -> line + "\n").reduce("", String::concat);
        boolean settled = lines.equals(before.lines().toList());
        return settled ? Plan.NOTHING : Plan.of(change(args, actual, before, after));
    }

    private static List<String> lines(Args args, List<AuthorizedKey> asked, List<String> before) {
        var lines = new ArrayList<String>();
        var missing = new ArrayList<>(asked);
        for (String line : before) {
            Optional<AuthorizedKey> key = AuthorizedKey.of(line);
            Optional<AuthorizedKey> wanted = key.flatMap(one -> asked.stream().filter(one::same).findFirst());
            if (args.state() == Wanted.ABSENT) {
                if (wanted.isEmpty()) {
                    lines.add(line);
                }
            } else if (wanted.isPresent()) {
                if (missing.remove(wanted.get())) {
                    lines.add(key.equals(wanted) ? line : wanted.get().line());
                }
            } else if (!args.exclusive()) {
                lines.add(line);
            }
        }
        if (args.state() == Wanted.PRESENT) {
            missing.stream().distinct().forEach(key -> lines.add(key.line()));
        }
        return lines;
    }

    private static Change change(Args args, KeysFact.Keys actual, String before, String after) {
        String path = actual.path();
        String folder = NodePath.parent(path);
        var actions = new ArrayList<Action>();
        var effects = new ArrayList<Effect>();
        var owner = new Owner(args.user(), OptionalInt.empty());
        String making = "make the directory " + folder;
        boolean makes = !actual.folder() && args.manageDir();
        if (makes) {
            actions.add(new Action.Run(
                    Tried.of(making, Sh.of("mkdir -p {}", folder)).and(
                            Sh.of("chmod 0700 {} && chown {} {}", folder, args.user() + ":", folder))));
            effects.add(
                    Effect.becomes(new PathFact(folder), new PathState.Directory(folder, inode(0700, owner, folder, 2,
                            OptionalLong.empty()))));
        }
        Content content = Content.text(after);
        Sh still = actual.text().isEmpty()
                ? Sh.of("[ ! -e {} ]", path)
                : Sh.of("[ \"$(md5sum <{})\" = {} ]", path, Content.text(before).digest("MD5") + "  -");
        actions.add(new Action.Write(path, content,
                new Attributes(OptionalInt.of(0600), Optional.of(args.user() + ":"), Optional.empty()),
                Optional.empty(),
                false, Optional.of(still)));
        effects.add(Effect.becomes(new KeysFact(args.user(), args.path().orElse("")), actual.with(after)));
        effects.add(Effect.becomes(new ContentFact(path), new FileContent.Bytes(path, content)));
        effects.add(Effect.becomes(new PathFact(path),
                new PathState.File(path, inode(0600, owner, path, 1, OptionalLong.of(content.length())))));
        return new Change(path, Diff.text(path, before, after), actions, effects, actual.closed()
                ? Optional.of(Tried.denied(makes ? making : "write " + path))
                : Optional.empty());
    }

    private static Inode inode(int mode, Owner owner, String path, int links, OptionalLong size) {
        return new Inode(mode, owner, owner, "new:" + path, links, size, OptionalLong.empty(), OptionalLong.empty());
    }

    @Override
    public Verdict judge(Args args, KeysFact.Keys before, Applied<KeysFact.Keys> applied) {
        MapValue results = MapValue.of("user", args.user(), "key", args.key(), "path", args.path().orElse(null),
                "state",
                args.state() == Wanted.ABSENT ? "absent" : "present", "exclusive", args.exclusive(), "manage_dir",
                args.manageDir(), "key_options", args.keyOptions().orElse(null), "comment", args.comment().orElse(null),
                "validate_certs", args.validateCerts(), "follow", args.follow(), "unique", false, "keyfile",
                before.path());
        Optional<Answer> failed = applied.answers().stream().filter(answer -> answer.status() > 0).findFirst();
        return failed.isPresent()
                ? Verdict.failed(failed.get().errors().strip(), results)
                : Verdict.changed(!applied.changes().isEmpty(), results);
    }
}
