package bramble.modules.network;

import bramble.args.Arg;
import bramble.args.Doc;
import bramble.args.Mode;
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
import bramble.modules.files.Inode;
import bramble.modules.files.Me;
import bramble.modules.files.MeFact;
import bramble.modules.files.NodePath;
import bramble.modules.files.PathFact;
import bramble.modules.files.PathState;
import bramble.modules.files.Placed;
import bramble.shell.Sh;
import bramble.value.MapValue;
import bramble.value.Value;
import com.google.auto.service.AutoService;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** {@code git}: a checkout of a repository, in the version that is wanted. */
@AutoService(AnyModule.class)
public final class GitModule implements TaskModule<GitModule.Args, GitModule.State> {

    private static final Sh.Library SIGNED = new Sh.Library("b_signed",
            """
                    b_signed() { # folder, verify-commit or verify-tag, what, the keys that may have signed
                      b_v=$("$b_git" -C "$1" "$2" --raw "$3" 2>&1) || { printf 'Failed to verify GPG signature of commit/tag "%s": %s\\n' "$3" "$b_v" >&2; return 1; }
                      b_w=$3; shift 3
                      [ $# -gt 0 ] || return 0
                      for b_k; do case $b_v in *VALIDSIG*"$b_k"*) return 0 ;; esac; done
                      printf 'The gpg_allowlist does not include the public key that signed "%s"\\n' "$b_w" >&2
                      return 1
                    }""");

    /** The arguments of {@code git}. */
    @Doc(value = "Checks out a git repository on the node, with the node's own git.", example = """
            - name: The dashboard's source
              git:
                repo: https://example.org/dashboard.git
                dest: /srv/dashboard
                version: v2.1
            """, oneByOne = true, neverSettles = "with clone false, where there is no checkout, it tells each time what would be cloned", returns = {
        "before: str: the commit that was checked out before", "after: str: the commit that is",
        "remote_url_changed: bool: whether the remote's URL was another one",
        "submodules_changed: bool: whether submodules were behind their branches, with track_submodules",
        "msg: str: that local modifications were given up"})
    public record Args(
            @Arg(value = "The repository: a URL, or a path on the node.", aliases = "name") String repo,
            @Arg(value = "The folder on the node; only with clone: false there may be none.", nodePath = true, name = "dest") Optional<String> folder,
            @Arg(value = "A branch, tag or commit; HEAD is the repository's own branch.", fallback = "HEAD") String version,
            @Arg(value = "Whether files that were changed by hand are put back.", fallback = "false") boolean force,
            @Arg(value = "Whether new commits are fetched.", fallback = "true") boolean update,
            @Arg(value = "Whether the repository is cloned where it isn't there.", fallback = "true", name = "clone") boolean cloning,
            @Arg("How many commits of the history are fetched.") Optional<Integer> depth,
            @Arg(value = "Whether a repository without checked-out files is made.", fallback = "false") boolean bare,
            @Arg(value = "Whether submodules are checked out as well.", fallback = "true") boolean recursive,
            @Arg(value = "Whether only the history of the version is fetched.", fallback = "false") boolean singleBranch,
            @Arg(value = "The name of the remote.", fallback = "origin") String remote,
            @Arg("More to fetch: a refspec.") Optional<String> refspec,
            @Arg("A folder on the node, a clone of the same, from which objects are taken.") Optional<String> reference,
            @Arg(value = "A private key on the node, for ssh.", nodePath = true) Optional<String> keyFile,
            @Arg("Options for ssh.") Optional<String> sshOpts,
            @Arg(value = "Whether ssh trusts any host key.", fallback = "false") boolean acceptHostkey,
            @Arg(value = "Whether ssh trusts the key of a host that it doesn't know yet.", fallback = "false") boolean acceptNewhostkey,
            @Arg(value = "A folder on the node in which git keeps its own, instead of in dest.", nodePath = true) Optional<String> separateGitDir,
            @Arg(value = "A file on the node that is made of the version: .zip, .tar, .tar.gz or .tgz.", nodePath = true) Optional<String> archive,
            @Arg("What the names in the archive begin with.") Optional<String> archivePrefix,
            @Arg("The permissions that new files don't get: 0022, say.") Optional<Mode> umask,
            @Arg(value = "Whether submodules are at the newest commit of their branches.", fallback = "false") boolean trackSubmodules,
            @Arg(value = "Whether the version has to be signed by a key that git trusts.", fallback = "false") boolean verifyCommit,
            @Arg(value = "Fingerprints of the keys that may have signed it; any trusted key unless given.", fallback = "[]", aliases = "gpg_whitelist") List<String> gpgAllowlist,
            @Arg(value = "The git program.", fallback = "git", nodePath = true) String executable) {

        public Args {
            repo = repo.startsWith("/") ? "file://" + repo : repo; // git goes by depth only where it is a URL
            if (folder.isEmpty() && cloning) {
                throw new IllegalArgumentException("the destination directory must be specified unless clone=no");
            }
            if (archivePrefix.isPresent() && archive.isEmpty()) {
                throw new IllegalArgumentException("archive_prefix is missing its archive");
            }
            if (separateGitDir.isPresent() && bare) {
                throw new IllegalArgumentException("separate_git_dir and bare don't go together");
            }
            archive.filter(path -> ArchivedFact.format(path).isEmpty()).ifPresent(path -> {
                throw new IllegalArgumentException("Unsupported archive format of " + path
                        + ": its name has to end in .zip, .tar, .tar.gz or .tgz");
            });
            umask.filter(mask -> !mask.text().matches("0?[0-7]{1,4}")).ifPresent(mask -> {
                throw new IllegalArgumentException("umask must be an octal integer, not " + mask.text());
            });
        }

        private String dest() {
            return folder.orElse("");
        }

        private String place() {
            return folder.map(NodePath::normal).orElse("");
        }

        private Optional<ArchivedFact> archived() {
            return archive.map(path -> new ArchivedFact(executable, place(), path, archivePrefix.orElse("")));
        }

        private CheckoutFact fact() {
            var words = new ArrayList<String>();
            keyFile.ifPresent(key -> words.addAll(List.of("-i " + Sh.quote(key), "-o IdentitiesOnly=yes")));
            if (acceptHostkey) {
                words.add("-o StrictHostKeyChecking=no");
            } else if (acceptNewhostkey) {
                words.add("-o StrictHostKeyChecking=accept-new");
            }
            sshOpts.ifPresent(words::add);
            String ssh = words.isEmpty() ? "" : "ssh -o BatchMode=yes " + String.join(" ", words);
            return new CheckoutFact(executable, ssh, repo, place(), remote, version, bare, !update,
                    trackSubmodules && recursive && !bare);
        }
    }

    /** What there is, and who asks. */
    public record State(CheckoutFact.Checkout checkout, PathState dest, Me me, boolean archived) {}

    @Override
    public String name() {
        return "git";
    }

    @Override
    public Class<Args> args() {
        return Args.class;
    }

    @Override
    public Inquiry<State> inspect(Args args, Platform node) {
        var path = new PathFact(args.folder().orElse("/"));
        var facts = new ArrayList<Fact<?>>(List.of(args.fact(), path, new MeFact()));
        args.archived().ifPresent(facts::add);
        return Inquiry.ask(facts, known -> new State(known.get(args.fact()), known.get(path), known.get(new MeFact()),
                args.archived().map(known::get).orElse(true)));
    }

    @Override
    public Plan plan(Args args, State actual) {
        CheckoutFact.Checkout now = actual.checkout();
        if (!now.problem().isEmpty()) {
            return new Plan.Refused(switch (now.problem()) {
                case "missing" -> "Failed to find required executable \"" + args.executable()
                        + "\" on the node; the package git brings it";
                case "taken" -> "Tried to clone to " + args.dest()
                        + ", but it already exists, and is neither an empty directory nor a checkout";
                case String said -> said.strip();
            });
        }
        if (now.exists() ? !args.update() : !args.cloning()) {
            return now.exists() ? archived(args, actual) : Plan.NOTHING;
        }
        if (now.dirty() && !args.force()) {
            return new Plan.Refused("Local modifications exist in the destination: " + args.dest() + " (force=no).",
                    MapValue.of("before", now.head()));
        }
        Optional<String> commit = now.commit(args.version())
                .or(() -> Optional.of(args.version()).filter(text -> text.matches("[0-9a-f]{4,39}")))
                .or(() -> args.refspec().map(_ -> args.version()));
        if (commit.isEmpty()) {
            return new Plan.Refused(args.version().equals("HEAD")
                    ? "Tried to find what " + args.repo() + " has checked out, but it is empty"
                    : "Failed to checkout " + args.version() + ": the repository has no such branch, tag or commit");
        }
        boolean same = now.head().startsWith(commit.get());
        if (now.exists() && same && !now.dirty() && !now.behind() && now.url().equals(args.repo())
                && (args.separateGitDir().isEmpty() || args.separateGitDir().get().equals(now.folder()))) {
            boolean newTag = now.refs().containsKey("refs/tags/" + args.version()) && !now.tagged() && !args.bare();
            if (newTag) {
                return Plan.of(new Change(args.dest(), Diff.NONE,
                        List.of(new Action.Run(Sh.of("{}{}", args.fact().settings(), git(args, "fetch", "--quiet",
                                args.remote(), "refs/tags/" + args.version() + ":refs/tags/" + args.version())))),
                        List.of(new Effect.Unknown(
                                (_, value) -> value instanceof Placed placed && placed.inside(now.folder()),
                                "a tag would be fetched"),
                                Effect.becomes(args.fact(), now.at(now.head(), now.url(), now.folder())))));
            }
            return archived(args, actual);
        }
        Change change = change(args, actual, commit.get());
        return args.archived().isPresent() ? Plan.of(change, archive(args)) : Plan.of(change);
    }

    private static Plan archived(Args args, State actual) {
        return actual.archived() ? Plan.NOTHING : Plan.of(archive(args));
    }

    private static Change archive(Args args) {
        ArchivedFact fact = args.archived().orElseThrow();
        return new Change(fact.archive(),
                Diff.attributes(fact.archive(), MapValue.EMPTY, MapValue.of("path", fact.archive(), "state", "file")),
                List.of(new Action.Run(Sh.of("{}{}", args.fact().settings(), fact.make()))),
                List.of(Effect.becomes(fact, true), new Effect.Unknown(
                        (_, value) -> value instanceof Placed placed && placed.real().equals(fact.archive()),
                        fact.archive() + " would be made")));
    }

    private static Change change(Args args, State actual, String commit) {
        CheckoutFact.Checkout now = actual.checkout();
        CheckoutFact fact = args.fact();
        Sh mask = args.umask().map(bits -> Sh.of("umask {}\n", bits.text())).orElse(Sh.raw(""));
        Sh script = Sh.of("{}{}{}", mask, fact.settings(),
                now.exists() ? fetch(args, now, commit) : cloned(args, now, commit));
        if (!args.bare() && args.recursive()) {
            script = script.and(Sh.of(
                    "{ ! [ -f {}/.gitmodules ] || { \"$b_git\" -C {} submodule --quiet sync && \"$b_git\" -C {} submodule --quiet update --init --recursive{}; }; }",
                    Sh.raw(Sh.quote(fact.dest())), fact.dest(), fact.dest(),
                    Sh.raw(args.trackSubmodules() ? " --remote" : "")));
        }
        var effects = new ArrayList<Effect>();
        String real = actual.dest().real();
        effects.add(new Effect.Unknown(
                (_, value) -> value instanceof Placed placed && placed.inside(real),
                args.repo() + " would be checked out"));
        if (actual.dest() instanceof PathState.Absent) {
            Inode inode = Inode.made(0777 & ~actual.me().umask(), actual.me(), real);
            effects.add(Effect.becomes(new PathFact(args.dest()), new PathState.Directory(real, inode)));
        }
        effects.add(Effect.becomes(fact, now.at(commit, args.repo(), args.separateGitDir().orElse(now.folder()))));
        Diff diff = Diff.text(args.dest(), now.head().isEmpty() ? "" : now.head() + "\n", commit + "\n");
        return new Change(args.dest(), diff, List.of(new Action.Run(script)), effects);
    }

    /** A clone that isn't signed as it has to be is no more than if it had never been. */
    private static Sh cloned(Args args, CheckoutFact.Checkout now, String commit) {
        Sh clone = clone(args, now);
        return args.verifyCommit()
                ? clone.and(Sh.of("{ {} || { rm -rf {}; false; }; }", verified(args, now, commit),
                        args.place()).using(SIGNED))
                : clone;
    }

    private static Sh verified(Args args, CheckoutFact.Checkout now, String commit) {
        boolean tag = now.refs().containsKey("refs/tags/" + args.version() + "^{}")
                && !now.refs().containsKey("refs/heads/" + args.version());
        return Sh.of("b_signed {} {} {} {}", args.place(), tag ? "verify-tag" : "verify-commit",
                tag ? args.version() : commit, args.gpgAllowlist()).using(SIGNED);
    }

    private static Sh clone(Args args, CheckoutFact.Checkout now) {
        var words = new ArrayList<String>(List.of("clone", "--quiet", "--origin", args.remote()));
        boolean named = now.refs().containsKey("refs/heads/" + args.version())
                || now.refs().containsKey("refs/tags/" + args.version());
        boolean own = args.version().equals("HEAD");
        if (named) {
            words.addAll(List.of("--branch", args.version()));
        }
        if (args.bare()) {
            words.remove("--origin");
            words.remove(args.remote());
            words.add("--bare");
        }
        if (args.depth().isPresent() && (named || own)) {
            words.addAll(List.of("--depth", args.depth().get().toString()));
        }
        if (args.singleBranch()) {
            words.add("--single-branch");
        }
        args.separateGitDir().ifPresent(folder -> words.addAll(List.of("--separate-git-dir", folder)));
        args.reference().ifPresent(folder -> words.addAll(List.of("--reference", folder)));
        words.addAll(List.of("--", args.repo(), args.place()));
        Sh clone = Sh.of("mkdir -p {} &&\n\"$b_git\" -c advice.detachedHead=false {}",
                NodePath.parent(args.place()),
                words);
        if (args.bare()) {
            return clone
                    .and(Sh.of("\"$b_git\" -C {} config remote.{}.url {}", args.dest(), Sh.raw(Sh.quote(args.remote())),
                            args.repo()));
        }
        if (args.refspec().isPresent()) {
            clone = clone.and(git(args, "fetch", "--quiet", args.remote(), args.refspec().get()));
        }
        return named || own
                ? clone
                : clone.and(git(args, "-c", "advice.detachedHead=false", "checkout", "--quiet", "--force",
                        args.version(), "--"));
    }

    private static Sh fetch(Args args, CheckoutFact.Checkout now, String commit) {
        Sh script = now.url().equals(args.repo())
                ? Sh.raw(":")
                : git(args, "config", "remote." + args.remote() + ".url", args.repo());
        if (args.separateGitDir().isPresent() && !args.separateGitDir().get().equals(now.folder())) {
            script = moved(args, now).and(script);
        }
        Optional<String> branch = now.branch(args.version());
        if (args.bare()) {
            return script.and(git(args, "fetch", "--quiet", "--force", args.remote(), "refs/heads/*:refs/heads/*",
                    "refs/tags/*:refs/tags/*"));
        }
        var words = new ArrayList<String>(List.of("fetch", "--quiet", "--force"));
        boolean shallow = args.depth().isPresent() && branch.isPresent();
        if (shallow) {
            words.addAll(List.of("--depth", args.depth().get().toString()));
        } else {
            words.add("--tags");
        }
        words.add(args.remote());
        words.add(shallow || (args.singleBranch() && branch.isPresent())
                ? "+refs/heads/" + branch.get() + ":refs/remotes/" + args.remote() + "/" + branch.get()
                : "+refs/heads/*:refs/remotes/" + args.remote() + "/*");
        args.refspec().ifPresent(words::add);
        script = script.and(git(args, words.toArray(String[]::new)));
        if (!now.url().equals(args.repo()) && !now.branch().isEmpty() && !shallow) {
            script = script.and(Sh.of("{ {} 2>/dev/null || :; }",
                    git(args, "remote", "set-head", args.remote(), now.branch())));
        }
        if (args.verifyCommit()) {
            script = script.and(verified(args, now, commit));
        }
        return script.and(branch.isPresent()
                ? git(args, "checkout", "--quiet", "--force", "-B", branch.get(), args.remote() + "/" + branch.get(),
                        "--")
                : git(args, "-c", "advice.detachedHead=false", "checkout", "--quiet", "--force", args.version(),
                        "--"));
    }

    /** What git keeps of the checkout goes to another folder. */
    private static Sh moved(Args args, CheckoutFact.Checkout now) {
        String to = args.separateGitDir().orElseThrow();
        return Sh.of("""
                if [ -e {} ]; then echo {} >&2; exit 1; fi
                mkdir -p {} && mv {} {} && rm -rf {}/.git && printf 'gitdir: %s\\n' {} >{}/.git""", to,
                "Separate-git-dir path " + to + " already exists.", NodePath.parent(to), now.folder(), to,
                Sh.raw(Sh.quote(args.place())), to, Sh.raw(Sh.quote(args.place())));
    }

    private static Sh git(Args args, String... words) {
        return Sh.of("\"$b_git\" -C {} {}", args.place(), List.of(words));
    }

    @Override
    public Verdict judge(Args args, State before, Applied<State> applied) {
        Verdict plain = TaskModule.super.judge(args, before, applied);
        CheckoutFact.Checkout old = before.checkout();
        String after = applied.after().orElse(before).checkout().head();
        MapValue results = MapValue.of("before", head(old.head()), "after", head(after));
        if (old.exists() && args.update()) {
            results = results.with("remote_url_changed", !old.url().equals(args.repo()));
        }
        if (args.trackSubmodules() && old.exists()) {
            results = results.with("submodules_changed", old.behind());
        }
        if (args.archive().isPresent()) {
            results = results.with("archive", args.archive().get());
        }
        if (old.dirty() && args.force()) {
            results = results.with("msg", "Local modifications exist in the destination: " + args.dest());
        }
        boolean told = !old.exists() && !args.cloning(); // Ansible calls that a change
        if (told) {
            results = results.with("after", head(old.commit(args.version()).orElse("")));
        }
        boolean silent = applied.changes().stream().allMatch(change -> change.diff().equals(Diff.NONE));
        return new Verdict(told || (plain.changed() && !silent), plain.failure(), results);
    }

    private static Value head(String commit) {
        return commit.isEmpty() ? bramble.value.None.NONE : Value.text(commit);
    }
}
