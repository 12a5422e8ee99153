package bramble.modules.packages;

import bramble.args.Arg;
import bramble.args.Doc;
import bramble.args.Mode;
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
import bramble.modules.files.PathFact;
import bramble.modules.files.PathState;
import bramble.modules.files.Presence;
import bramble.modules.files.Rights;
import bramble.modules.files.TextEdit;
import bramble.shell.Answer;
import bramble.shell.Sh;
import bramble.value.MapValue;
import com.google.auto.service.AutoService;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** {@code deb822_repository}: where apt gets packages from, in the style with a field a line. */
@AutoService(AnyModule.class)
public final class Deb822RepositoryModule
        implements
            TaskModule<Deb822RepositoryModule.Args, Deb822RepositoryModule.State> {
    private static final String SOURCES = "/etc/apt/sources.list.d/";
    private static final String KEYRINGS = "/etc/apt/keyrings";

    /** What a source has. */
    public enum Kind {
        DEB,
        DEB_SRC
    }

    @Doc(value = "Keeps a source of packages for apt, with the key that signs it.", example = """
            - name: Packages of our own
              ansible.builtin.deb822_repository:
                name: example
                uris: https://packages.example.com/debian
                suites: bookworm
                components: main
                signed_by: https://packages.example.com/key.asc
            """, returns = {"dest: str: the source's file",
        "key_filename: str: the file with the key; none where the source holds the key itself",
        "repo: str: the source's text"})
    public record Args(@Arg("The source's name; its files are called after it.") String name,
            @Arg(value = "What the source has: packages, their sources.", fallback = "deb") List<Kind> types,
            @Arg(value = "Addresses.", fallback = "[]") List<String> uris,
            @Arg(value = "Suites, as bookworm; with a slash at the end, a folder.", fallback = "[]") List<String> suites,
            @Arg(value = "Components, as main.", fallback = "[]") List<String> components,
            @Arg(value = "Architectures that it is asked for.", fallback = "[]") List<String> architectures,
            @Arg(value = "Languages of descriptions.", fallback = "[]") List<String> languages,
            @Arg(value = "What apt fetches of it.", fallback = "[]") List<String> targets,
            @Arg("The key that signs it: an address, a path on the node, a fingerprint, or the key itself.") Optional<String> signedBy,
            @Arg("Whether it counts.") Optional<Boolean> enabled,
            @Arg("Whether it is trusted without a signature.") Optional<Boolean> trusted,
            @Arg("Whether one without a signature is taken, with a warning.") Optional<Boolean> allowInsecure,
            @Arg("Whether one whose signature is weak is taken.") Optional<Boolean> allowWeak,
            @Arg("Whether a signature may get lost later.") Optional<Boolean> allowDowngradeToInsecure,
            @Arg("Whether lists are fetched by their hash.") Optional<Boolean> byHash,
            @Arg("Whether dates in the future are refused.") Optional<Boolean> checkDate,
            @Arg("Whether lists grow old.") Optional<Boolean> checkValidUntil,
            @Arg("How many seconds a date may be in the future.") Optional<Integer> dateMaxFuture,
            @Arg(value = "The path of the InRelease file.", nodePath = true) Optional<String> inreleasePath,
            @Arg("Whether lists are fetched as differences.") Optional<Boolean> pdiffs,
            @Arg(value = "Permissions of the source's file.", fallback = "0644") Mode mode,
            @Arg(value = "Accepted; without effect.", fallback = "no") boolean installPythonDebian,
            @Arg(value = "Whether it is to be there.", fallback = "present") Presence state) {

        /** Part of the names of its files. */
        private String slug() {
            return name.toLowerCase(Locale.ROOT).replaceAll("[_\\s]+", "-").replaceAll("[^a-z0-9-]", "");
        }

        private boolean fetches() {
            return signedBy.filter(by -> by.matches("[a-z]+://.*")).isPresent();
        }

        private boolean holdsKey() {
            return signedBy.filter(by -> by.contains("-----BEGIN")).isPresent();
        }

        /** @param key the file with the key, or what else names it */
        private String text(Optional<String> key) {
            var lines = new StringBuilder();
            flag(lines, "Allow-Downgrade-To-Insecure", allowDowngradeToInsecure);
            flag(lines, "Allow-Insecure", allowInsecure);
            flag(lines, "Allow-Weak", allowWeak);
            list(lines, "Architectures", architectures);
            flag(lines, "By-Hash", byHash);
            flag(lines, "Check-Date", checkDate);
            flag(lines, "Check-Valid-Until", checkValidUntil);
            list(lines, "Components", components);
            list(lines, "Date-Max-Future", dateMaxFuture.stream().map(String::valueOf).toList());
            flag(lines, "Enabled", enabled);
            list(lines, "InRelease-Path", inreleasePath.stream().toList());
            list(lines, "Languages", languages);
            list(lines, "X-Repolib-Name", List.of(name));
            flag(lines, "PDiffs", pdiffs);
            if (holdsKey()) {
                lines.append("Signed-By:\n");
                signedBy.orElse("").strip().lines()
                        .forEach(line -> lines.append("    ").append(line.isBlank() ? "." : line.strip()).append('\n'));
            } else {
                list(lines, "Signed-By", key.stream().toList());
            }
            list(lines, "Suites", suites);
            list(lines, "Targets", targets);
            flag(lines, "Trusted", trusted);
            list(lines, "Types", types.stream().map(kind -> kind == Kind.DEB ? "deb" : "deb-src").toList());
            list(lines, "URIs", uris);
            return lines.toString();
        }

        private static void flag(StringBuilder lines, String field, Optional<Boolean> value) {
            value.ifPresent(yes -> list(lines, field, List.of(yes ? "yes" : "no")));
        }

        private static void list(StringBuilder lines, String field, List<String> words) {
            if (!words.isEmpty()) {
                lines.append(field).append(": ").append(String.join(" ", words)).append('\n');
            }
        }
    }

    /**
     * What there is.
     *
     * @param keys the files that may hold its key: in armour, and not
     * @param given the key, where the node has to fetch it
     */
    public record State(TextEdit source, List<TextEdit> keys, PathState keyrings, Rights rights,
            Optional<DownloadFact.Download> given) {}

    @Override
    public String name() {
        return "deb822_repository";
    }

    @Override
    public Class<Args> args() {
        return Args.class;
    }

    @Override
    public Inquiry<State> inspect(Args args, Platform node) {
        String key = KEYRINGS + "/" + args.slug();
        var folder = new PathFact(KEYRINGS);
        var wanted = Rights.Wanted.mode(Optional.of(args.mode()));
        Inquiry<Rights> rights = Inquiry.ask(wanted.facts(), wanted::on);
        Inquiry<Optional<DownloadFact.Download>> given = args.fetches() && args.state() == Presence.PRESENT
                ? Inquiry.of(new DownloadFact(args.signedBy().orElseThrow(), true)).map(Optional::of)
                : Inquiry.nothing(Optional.empty());
        return TextEdit.of(SOURCES + args.slug() + ".sources")
                .and(Inquiry.all(List.of(TextEdit.of(key + ".asc"), TextEdit.of(key + ".gpg"))), Files::new)
                .and(Inquiry.<PathState>of(folder), (files, keyrings) -> new Known(files, keyrings))
                .and(rights, (known, right) -> new State(known.files.source, known.files.keys, known.keyrings, right,
                        Optional.empty()))
                .and(given, (state, download) -> new State(state.source, state.keys, state.keyrings, state.rights,
                        download));
    }

    private record Files(TextEdit source, List<TextEdit> keys) {}

    private record Known(Files files, PathState keyrings) {}

    /** The key's text, where it is fetched. */
    private static Optional<String> key(State actual) {
        return actual.given.map(given -> {
            byte[] bytes = given.content().bytesOf();
            return PgpKeys.armoured(bytes)
                    ? new String(bytes, StandardCharsets.UTF_8)
                    : TextEdit.text(bytes);
        });
    }

    /** The file of the key that is fetched; armour decides. */
    private static Optional<TextEdit> ring(State actual) {
        return key(actual).map(text -> text.contains("-----BEGIN PGP")
                ? actual.keys.getFirst()
                : actual.keys.getLast());
    }

    @Override
    public Plan plan(Args args, State actual) {
        if (args.slug().isEmpty()) {
            return new Plan.Refused(
                    "The name \"" + args.name() + "\" needs a letter or digit: files are called after it.");
        }
        if (args.state() == Presence.ABSENT) {
            var changes = new ArrayList<Change>();
            actual.keys.stream().filter(TextEdit::exists).forEach(file -> changes.add(gone(file)));
            if (actual.source.exists()) {
                changes.add(gone(actual.source));
            }
            return Plan.of(changes);
        }
        if (args.uris().isEmpty() || args.suites().isEmpty()) {
            return Plan.mistake("missing parameter(s) required by state=present: "
                    + String.join(", ", missing(args)));
        }
        Optional<String> failure = actual.given.map(DownloadFact.Download::failure).filter(why -> !why.isEmpty());
        if (failure.isPresent()) {
            return new Plan.Refused("Tried to get the key from " + args.signedBy().orElse("") + ", but "
                    + failure.get() + ".");
        }
        if (actual.source.obstacle().isPresent()) {
            return new Plan.Refused("Tried to write " + actual.source.path() + ", but the folder "
                    + "/etc/apt/sources.list.d does not exist on the node: it has no apt.");
        }
        var changes = new ArrayList<Change>();
        Optional<TextEdit> ring = ring(actual);
        if (ring.isPresent() && actual.keyrings.missing()) {
            changes.add(new Change(KEYRINGS, Diff.attributes(KEYRINGS, MapValue.of("state", "absent"),
                    MapValue.of("state", "directory")),
                    List.of(new Action.Run(Sh.of("mkdir -m 755 {}", KEYRINGS))),
                    List.of(Effect.becomes(new PathFact(KEYRINGS),
                            new PathState.Directory(KEYRINGS, Inode.made(0755, actual.rights.me(), KEYRINGS))))));
        }
        ring.ifPresent(file -> changes.addAll(file.to(key(actual).orElse(""),
                file.exists() ? TextEdit.Options.PLAIN : TextEdit.Options.mode(0644))));
        Attributes attributes = actual.source.exists()
                ? Attributes.NONE
                : actual.rights.written(actual.source.state());
        changes.addAll(actual.source.to(text(args, actual),
                new TextEdit.Options(attributes, Optional.empty(), false)));
        if (actual.source.exists() && actual.source.state() instanceof PathState.Present present) {
            actual.rights.change(present, actual.source.path()).ifPresent(changes::add);
        }
        return Plan.of(changes);
    }

    private static List<String> missing(Args args) {
        var missing = new ArrayList<String>();
        if (args.uris().isEmpty()) {
            missing.add("uris");
        }
        if (args.suites().isEmpty()) {
            missing.add("suites");
        }
        return missing;
    }

    private static String text(Args args, State actual) {
        return args.text(keyFile(args, actual));
    }

    private static Optional<String> keyFile(Args args, State actual) {
        return ring(actual).map(TextEdit::path).or(() -> args.signedBy().filter(_ -> !args.holdsKey()));
    }

    private static Change gone(TextEdit file) {
        String path = file.state().real();
        return new Change(file.path(), Diff.text(file.path(), file.text(), ""),
                List.of(new Action.Run(Sh.of("rm -f {}", path))),
                List.of(Effect.becomes(new ContentFact(path), new FileContent.Missing(path)),
                        Effect.becomes(new PathFact(path),
                                new PathState.Absent(path, NodePath.parent(path), false))));
    }

    @Override
    public Verdict judge(Args args, State before, Applied<State> applied) {
        boolean present = args.state() == Presence.PRESENT;
        MapValue results = MapValue.of("dest", before.source.path(), "key_filename",
                present ? keyFile(args, before).orElse(null) : null, "repo", present ? text(args, before) : null);
        Optional<Answer> failed = applied.answers().stream().filter(answer -> answer.status() > 0).findFirst();
        return failed.isPresent()
                ? Verdict.failed(failed.get().errors().strip(), results)
                : Verdict.changed(!applied.changes().isEmpty(), results);
    }
}
