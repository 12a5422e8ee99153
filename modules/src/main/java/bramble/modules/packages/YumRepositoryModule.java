package bramble.modules.packages;

import bramble.args.Arg;
import bramble.args.Doc;
import bramble.module.Action;
import bramble.module.AnyModule;
import bramble.module.Applied;
import bramble.module.Change;
import bramble.module.Diff;
import bramble.module.Effect;
import bramble.module.Fact;
import bramble.module.Inquiry;
import bramble.module.Plan;
import bramble.module.Platform;
import bramble.module.TaskModule;
import bramble.module.Verdict;
import bramble.modules.files.ContentFact;
import bramble.modules.files.FileAttributes;
import bramble.modules.files.FileContent;
import bramble.modules.files.NodePath;
import bramble.modules.files.PathFact;
import bramble.modules.files.PathState;
import bramble.modules.files.Rights;
import bramble.modules.files.TextEdit;
import bramble.shell.Sh;
import bramble.value.MapValue;
import com.google.auto.service.AutoService;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** {@code yum_repository}: where yum and dnf take packages from. */
@AutoService(AnyModule.class)
public final class YumRepositoryModule implements TaskModule<YumRepositoryModule.Args, YumRepositoryModule.State> {
    /** Whether the repository is to be there. */
    public enum Wanted {
        PRESENT,
        ABSENT
    }

    @Doc(value = "Adds and removes sources of packages for yum and dnf.", example = """
            - name: Extra packages
              ansible.builtin.yum_repository:
                name: epel
                description: Extra Packages for Enterprise Linux
                baseurl: https://download.example.org/pub/epel/$releasever/$basearch/
                gpgcheck: true
            """, returns = {"repo: str: the repository", "state: str: whether it is there"})
    public record Args(@Arg("The repository's id.") String name,
            @Arg("Its name for people.") Optional<String> description,
            @Arg("The file, without .repo; the repository's id unless given.") Optional<String> file,
            @Arg(value = "The directory of such files.", fallback = "/etc/yum.repos.d", nodePath = true) String reposdir,
            @Arg(value = "Whether it is to be there.", fallback = "present") Wanted state,
            @Arg("Its addresses.") Optional<List<String>> baseurl,
            @Arg("The address of a list of mirrors.") Optional<String> mirrorlist,
            @Arg("The address of a metalink file.") Optional<String> metalink,
            @Arg("Whether it is used.") Optional<Boolean> enabled,
            @Arg("Whether packages have to be signed.") Optional<Boolean> gpgcheck,
            @Arg("Whether its lists have to be signed.") Optional<Boolean> repoGpgcheck,
            @Arg("Addresses of the keys that sign.") Optional<List<String>> gpgkey,
            @Arg("The address of the key that signs the keys.") Optional<String> gpgcakey,
            @Arg("Packages that aren't taken from it.") Optional<List<String>> exclude,
            @Arg("The only packages that are taken from it.") Optional<List<String>> includepkgs,
            @Arg("A file whose settings are taken in.") Optional<String> include,
            @Arg("Which comes first: a smaller number.") Optional<String> priority,
            @Arg("How dear it is to ask: a smaller number is asked first.") Optional<String> cost,
            @Arg("Whether others must not replace its packages.") Optional<Boolean> protect,
            @Arg("Whether it may be out of reach.") Optional<Boolean> skipIfUnavailable,
            @Arg("Whether packages of modules are ordinary ones.") Optional<Boolean> moduleHotfixes,
            @Arg("Whether its groups of packages are known.") Optional<Boolean> enablegroups,
            @Arg("Whether its lists are fetched in the background.") Optional<Boolean> async,
            @Arg("A proxy's address, or _none_.") Optional<String> proxy,
            @Arg("Who asks the proxy.") Optional<String> proxyUsername,
            @Arg(value = "The password for the proxy.", secret = true) Optional<String> proxyPassword,
            @Arg("Who asks it.") Optional<String> username,
            @Arg(value = "The password.", secret = true) Optional<String> password,
            @Arg(value = "Whether its certificate is looked at.", aliases = "validate_certs") Optional<Boolean> sslverify,
            @Arg(value = "The authorities that are trusted.", aliases = "ca_cert") Optional<String> sslcacert,
            @Arg(value = "The client's certificate.", aliases = "client_cert") Optional<String> sslclientcert,
            @Arg(value = "The client's key.", aliases = "client_key") Optional<String> sslclientkey,
            @Arg("How long to wait, in seconds.") Optional<String> timeout,
            @Arg("How often to try again.") Optional<String> retries,
            @Arg("How long its lists are good.") Optional<String> metadataExpire,
            @Arg("How long the list of mirrors is good.") Optional<String> mirrorlistExpire,
            @Arg("The most that it may use of the network.") Optional<String> bandwidth,
            @Arg("The most that it may use of that.") Optional<String> throttle,
            @Arg("IPv4, IPv6 or whatever.") Optional<String> ipResolve,
            @Arg("Whether connections are kept.") Optional<Boolean> keepalive,
            @Arg("What caches on the way may keep: all, packages, none.") Optional<String> httpCaching,
            @Arg("Which mirror is tried first: roundrobin or priority.") Optional<String> failovermethod,
            FileAttributes attributes) {

        public Args {
            if (!name.matches("[A-Za-z0-9_.:-]+")) {
                throw new IllegalArgumentException("Repo ID contains invalid characters. Can only have alphanumeric"
                        + " characters, '_', '.', '-' and ':', not '" + name + "'");
            }
            if (state == Wanted.PRESENT && description.isEmpty()) {
                throw new IllegalArgumentException("Parameter 'description' is required.");
            }
            if (state == Wanted.PRESENT && baseurl.isEmpty() && mirrorlist.isEmpty() && metalink.isEmpty()) {
                throw new IllegalArgumentException("Parameter 'baseurl', 'metalink' or 'mirrorlist' is required.");
            }
        }

        String path() {
            return NodePath.resolve(reposdir, file.orElse(name) + ".repo");
        }

        /** What the repository's section says, by name. */
        Map<String, String> options() {
            Map<String, String> options = new TreeMap<>();
            description.ifPresent(text -> options.put("name", text));
            Map.of("baseurl", baseurl, "gpgkey", gpgkey).forEach((key, list) -> list
                    .ifPresent(some -> options.put(key, String.join("\n", some))));
            Map.of("exclude", exclude, "includepkgs", includepkgs).forEach((key, list) -> list
                    .ifPresent(some -> options.put(key, String.join(" ", some))));
            Map.of("enabled", enabled, "gpgcheck", gpgcheck, "repo_gpgcheck", repoGpgcheck, "protect", protect,
                    "skip_if_unavailable", skipIfUnavailable, "module_hotfixes", moduleHotfixes, "enablegroups",
                    enablegroups, "async", async, "sslverify", sslverify, "keepalive", keepalive)
                    .forEach((key, flag) -> flag.ifPresent(on -> options.put(key, on ? "1" : "0")));
            var texts = new TreeMap<String, Optional<String>>();
            texts.putAll(
                    Map.of("mirrorlist", mirrorlist, "metalink", metalink, "gpgcakey", gpgcakey, "include", include,
                            "priority", priority, "cost", cost, "proxy", proxy, "proxy_username", proxyUsername,
                            "proxy_password",
                            proxyPassword, "username", username));
            texts.putAll(Map.of("password", password, "sslcacert", sslcacert, "sslclientcert", sslclientcert,
                    "sslclientkey", sslclientkey, "timeout", timeout, "retries", retries, "metadata_expire",
                    metadataExpire, "mirrorlist_expire", mirrorlistExpire, "bandwidth", bandwidth, "throttle",
                    throttle));
            texts.putAll(
                    Map.of("ip_resolve", ipResolve, "http_caching", httpCaching, "failovermethod", failovermethod));
            texts.forEach((key, text) -> text.ifPresent(value -> options.put(key, value)));
            return options;
        }
    }

    /** The file, and what is wanted of it. */
    public record State(TextEdit edit, Rights rights) {}

    @Override
    public String name() {
        return "yum_repository";
    }

    @Override
    public Class<Args> args() {
        return Args.class;
    }

    @Override
    public Inquiry<State> inspect(Args args, Platform node) {
        Rights.Wanted wanted = args.attributes().wanted().at(args.path());
        List<Fact<?>> facts = wanted.facts();
        return TextEdit.of(args.path()).and(Inquiry.ask(facts, wanted::on), State::new);
    }

    @Override
    public Plan plan(Args args, State actual) {
        TextEdit edit = actual.edit();
        if (args.state() == Wanted.ABSENT && !edit.exists()) {
            return Plan.NOTHING;
        }
        Optional<String> obstacle = actual.rights().obstacle()
                .or(() -> edit.obstacle().map(why -> "Tried to write " + args.path() + ", but " + why));
        if (obstacle.isPresent()) {
            return new Plan.Refused(obstacle.get());
        }
        String text = edited(args, edit.text());
        if (text.isBlank() && !edit.text().isBlank()) {
            return Plan.of(gone(edit));
        }
        var changes = new ArrayList<>(edit.to(text, new TextEdit.Options(actual.rights().written(edit.state()),
                Optional.empty(), false)));
        changes.replaceAll(actual.rights()::flagged);
        if (changes.isEmpty() && edit.state() instanceof PathState.Present present) {
            actual.rights().change(present, args.path()).ifPresent(changes::add);
        }
        return Plan.of(changes);
    }

    private static Change gone(TextEdit edit) {
        String real = edit.state().real();
        return new Change(edit.path(), Diff.text(edit.path(), edit.text(), ""),
                List.of(new Action.Run(Sh.of("rm -f {}", real))),
                List.of(Effect.becomes(new ContentFact(real), new FileContent.Missing(real)), Effect.becomes(
                        new PathFact(real), new PathState.Absent(real, NodePath.parent(real), false))));
    }

    /** The text with the section as it is to be; the rest of it stays as it is. */
    private static String edited(Args args, String text) {
        List<String> lines = text.lines().toList();
        int from = lines.indexOf("[" + args.name() + "]");
        int to = from < 0 ? lines.size() : from + 1;
        while (from >= 0 && to < lines.size() && !lines.get(to).startsWith("[")) {
            to++;
        }
        List<String> section = from < 0 ? List.of() : lines.subList(from + 1, to);
        boolean same = from >= 0 && read(section).equals(args.options());
        if (args.state() == Wanted.PRESENT ? same : from < 0) {
            return text;
        }
        var all = new ArrayList<>(lines.subList(0, from < 0 ? to : from));
        if (args.state() == Wanted.PRESENT) {
            if (from < 0 && !all.isEmpty() && !all.getLast().isBlank()) {
                all.add("");
            }
            all.add("[" + args.name() + "]");
            args.options().forEach((key, value) -> all.add(key + " = " + value.replace("\n", "\n\t")));
            all.add("");
        }
        all.addAll(lines.subList(to, lines.size()));
        return all.stream().map(line -> line + "\n").collect(Collectors.joining());
    }

    private static Map<String, String> read(List<String> section) {
        Map<String, String> options = new TreeMap<>();
        String last = "";
        for (String line : section) {
            int equals = line.indexOf('=');
            if (line.isBlank() || line.startsWith("#") || line.startsWith(";")) {
                continue;
            }
            if (Character.isWhitespace(line.charAt(0)) && !last.isEmpty()) {
                options.merge(last, line.strip(), (a, b) -> a + "\n" + b);
            } else if (equals > 0) {
                last = line.substring(0, equals).strip().toLowerCase(Locale.ROOT);
                options.put(last, line.substring(equals + 1).strip());
            }
        }
        return options;
    }

    @Override
    public Verdict judge(Args args, State before, Applied<State> applied) {
        Verdict plain = TaskModule.super.judge(args, before, applied);
        return plain.with(MapValue.of("repo", args.name(), "state",
                args.state().name().toLowerCase(Locale.ROOT)));
    }
}
