package bramble.modules.keys;

import bramble.args.Arg;
import bramble.args.Doc;
import bramble.module.AnyModule;
import bramble.module.Applied;
import bramble.module.Inquiry;
import bramble.module.Plan;
import bramble.module.Platform;
import bramble.module.TaskModule;
import bramble.module.Verdict;
import bramble.modules.files.NodePath;
import bramble.modules.files.PathResults;
import bramble.modules.files.Presence;
import bramble.modules.files.TextEdit;
import bramble.value.MapValue;
import com.google.auto.service.AutoService;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** {@code known_hosts}: the keys by which ssh knows hosts. */
@AutoService(AnyModule.class)
public final class KnownHostsModule implements TaskModule<KnownHostsModule.Args, TextEdit> {

    /** The arguments of {@code known_hosts}. */
    @Doc(value = "Adds and removes keys of hosts in a file of known hosts.", example = """
            - name: Know the server that the code comes from
              ansible.builtin.known_hosts:
                path: /etc/ssh/ssh_known_hosts
                name: git.example.org
                key: git.example.org ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIIzlnSq5ESxLgW0avvPk3j7zLV59hcAPkxrMNdnZMKP2
            """, returns = {"name: str: the host", "key: str: as given", "path: str: the file",
        "hash_host: bool: as given", "diff: dict: before and after, also where nothing changes",
        "mode: str: four octal digits",
        "owner: str: name of the owner", "group: str: name of the group", "uid: int: number of the owner",
        "gid: int: number of the group", "size: int: in bytes", "state: str: file, or absent"})
    public record Args(
            @Arg(value = "The host: a name, an address, or [name]:port where the port isn't 22.", aliases = "host") String name,
            @Arg("The key as it stands in such a file: host, kind and key. Without it, and state absent, all keys of the host.") Optional<String> key,
            @Arg(value = "The file.", fallback = "~/.ssh/known_hosts", nodePath = true) String path,
            @Arg(value = "Whether the host's name is hashed in the file.", fallback = "false") boolean hashHost,
            @Arg(value = "Whether the key is to be there.", fallback = "present") Presence state) {

        private String host() {
            return name.toLowerCase(Locale.ROOT);
        }

        private Optional<KnownHost> entry() {
            return key.flatMap(KnownHost::of);
        }

        private Optional<String> mistake() {
            if (name.contains(",")) {
                return Optional.of("Comma separated list of names is not supported. "
                        + "Please pass a single name to lookup in the known_hosts file.");
            }
            if (key.isEmpty()) {
                return state == Presence.PRESENT
                        ? Optional.of("No key specified when adding a host")
                        : Optional.empty();
            }
            if (entry().isEmpty()) {
                return Optional.of("Tried to read the key, but it is not of the form \"" + name
                        + " ssh-ed25519 AAAA...\": " + key.get().strip());
            }
            return entry().get().isAbout(host())
                    ? Optional.empty()
                    : Optional.of("Host parameter does not match hashed host field in supplied key");
        }
    }

    @Override
    public String name() {
        return "known_hosts";
    }

    @Override
    public Class<Args> args() {
        return Args.class;
    }

    @Override
    public Inquiry<TextEdit> inspect(Args args, Platform node) {
        return TextEdit.of(args.path());
    }

    @Override
    public Plan plan(Args args, TextEdit actual) {
        Optional<String> mistake = args.mistake();
        if (mistake.isPresent()) {
            return Plan.mistake(mistake.get());
        }
        String after = edited(args, actual.text());
        if (after.equals(actual.text())) {
            return Plan.NOTHING;
        }
        return actual.obstacle().isPresent()
                ? new Plan.Refused("Tried to edit " + args.path() + ", but " + actual.obstacle().get())
                : Plan.of(actual.to(after));
    }

    private static String edited(Args args, String before) {
        Optional<KnownHost> wanted = args.entry();
        List<String> lines = before.lines().toList();
        var kept = new ArrayList<String>();
        boolean settled = false;
        for (String line : lines) {
            Optional<KnownHost> found = KnownHost.of(line).filter(entry -> entry.isAbout(args.host()));
            if (found.isEmpty()) {
                kept.add(line);
            } else if (wanted.isEmpty()) {
                if (!found.get().marker().isEmpty()) {
                    kept.add(line); // who signs, and what is revoked, is no key of the host
                }
            } else if (args.state() == Presence.ABSENT) {
                if (!found.get().sameKey(wanted.get())) {
                    kept.add(line);
                }
            } else if (!settled && settled(args, found.get(), wanted.get())) {
                settled = true;
                kept.add(line);
            } else if (!found.get().rivals(wanted.get())) {
                kept.add(line);
            }
        }
        if (args.state() == Presence.PRESENT && !settled) {
            KnownHost entry = wanted.orElseThrow();
            kept.add((args.hashHost() ? entry.hashed(args.host(), before) : entry).line());
        }
        return kept.equals(lines) ? before : String.join("", kept.stream().map(line -> line + "\n").toList());
    }

    private static boolean settled(Args args, KnownHost found, KnownHost wanted) {
        boolean name = (args.hashHost() || wanted.hashed()) ? found.hashed() : found.hosts().equals(wanted.hosts());
        return name && found.sameKey(wanted);
    }

    @Override
    public Verdict judge(Args args, TextEdit before, Applied<TextEdit> applied) {
        Verdict plain = TaskModule.super.judge(args, before, applied);
        TextEdit after = applied.after().orElse(before);
        String file = shown(args, before);
        MapValue results = MapValue.of("name", args.host(), "key", args.key().orElse(null), "hash_host",
                args.hashHost()).with(PathResults.of(after.state())).with("path", args.path()).with("diff",
                        MapValue.of("before_header", file, "before", before.text(), "after_header", file, "after",
                                plain.failure().isPresent() ? before.text() : edited(args, before.text())));
        return plain.with(results);
    }

    /** The file's name with the home folder put in. */
    private static String shown(Args args, TextEdit before) {
        String path = args.path();
        return path.equals("~") || path.startsWith("~/")
                ? before.me().home() + path.substring(1)
                : NodePath.normal(path);
    }
}
