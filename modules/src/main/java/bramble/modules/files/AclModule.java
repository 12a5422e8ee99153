package bramble.modules.files;

import bramble.args.Arg;
import bramble.args.Doc;
import bramble.module.Action;
import bramble.module.AnyModule;
import bramble.module.Applied;
import bramble.module.Change;
import bramble.module.Diff;
import bramble.module.Effect;
import bramble.module.Inquiry;
import bramble.module.Plan;
import bramble.module.Platform;
import bramble.module.TaskModule;
import bramble.module.Verdict;
import bramble.shell.Answer;
import bramble.shell.Sh;
import bramble.value.MapValue;
import com.google.auto.service.AutoService;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** {@code acl}: who else may read and write a file. */
@AutoService(AnyModule.class)
public final class AclModule implements TaskModule<AclModule.Args, AclModule.State> {
    /** What is to be done. */
    public enum Wanted {
        ABSENT,
        PRESENT,
        QUERY
    }

    /** Whom an entry is about. */
    public enum Type {
        GROUP,
        MASK,
        OTHER,
        USER
    }

    /** What becomes of the mask, which bounds what entries give. */
    public enum Mask {
        DEFAULT,
        MASK,
        NO_MASK
    }

    @Doc(value = "Reads, sets and removes entries of access lists.", collection = "ansible.posix", example = """
            - name: Let the web server read the pages
              ansible.posix.acl:
                path: /srv/www
                etype: user
                entity: www-data
                permissions: rX
                recursive: true
                state: present
            """, returns = {"acl: list: the entries, as getfacl prints them"})
    public record Args(@Arg(value = "The file or folder.", aliases = "name", nodePath = true) String path,
            @Arg(value = "query reads; present sets an entry; absent removes it.", fallback = "query") Wanted state,
            @Arg("Whom the entry is about.") Optional<Type> etype,
            @Arg(value = "The user or group.", fallback = "") String entity,
            @Arg("What they may do: letters of rwxX.") Optional<String> permissions,
            @Arg("A whole entry, user:bob:rw, in place of etype, entity and permissions.") Optional<String> entry,
            @Arg(value = "Whether the entry is for what will be made in the folder.", name = "default", fallback = "no") boolean inherited,
            @Arg(value = "Whether all below the folder gets it too.", aliases = "recurse", fallback = "no") boolean recursive,
            @Arg(value = "Whether links are followed.", fallback = "yes") boolean follow,
            @Arg(value = "Whether the mask is worked out anew; default leaves it to setfacl.", fallback = "default") Mask recalculateMask) {

        private Optional<String> mistake() {
            if (state == Wanted.QUERY) {
                return recursive || recalculateMask != Mask.DEFAULT
                        ? Optional.of("recursive and recalculate_mask say nothing with state=query")
                        : Optional.empty();
            }
            if (entry.isPresent() && (etype.isPresent() || !entity.isEmpty() || permissions.isPresent())) {
                return Optional.of("'entry' MUST NOT be set when 'entity', 'etype' or 'permissions' are set");
            }
            if (entry.isEmpty() && etype.isEmpty()) {
                return Optional.of("state=" + state.name().toLowerCase(Locale.ROOT)
                        + " needs etype (and entity), or entry");
            }
            if (state == Wanted.PRESENT && entry.isEmpty() && permissions.isEmpty()) {
                return Optional.of("state is present but all of the following are missing: permissions");
            }
            return permissions.filter(text -> !text.matches("[rwxX-]*"))
                    .map(text -> "permissions must be letters of r, w, x, X, or -, not " + text);
        }

        /** As setfacl takes it. */
        private String words() {
            if (entry.isPresent()) {
                return state == Wanted.PRESENT
                        ? entry.get()
                        : entry.get().replaceFirst("^((?:d(?:efault)?:)?[^:]*:[^:]*):.*$", "$1");
            }
            String who = (inherited ? "default:" : "") + etype.orElseThrow().name().toLowerCase(Locale.ROOT) + ":"
                    + entity;
            return state == Wanted.PRESENT ? who + ":" + permissions.orElse("") : who;
        }

        /** How it is now, in Ansible's words. */
        private String said() {
            String entry = state == Wanted.QUERY ? "" : words().replaceFirst("^d(efault)?:", "");
            return switch (state) {
                case QUERY -> "current acl";
                case PRESENT -> entry + " is present";
                case ABSENT -> entry + " is absent";
            };
        }

        private List<String> change() {
            if (state == Wanted.QUERY || mistake().isPresent()) {
                return List.of();
            }
            var words = new ArrayList<String>();
            if (recursive) {
                words.add("-R");
                words.add(follow ? "-L" : "-P");
            }
            switch (recalculateMask) {
                case MASK -> words.add("--mask");
                case NO_MASK -> words.add("--no-mask");
                case DEFAULT -> {
                    // as setfacl does it
                }
            }
            words.addAll(List.of(state == Wanted.PRESENT ? "-m" : "-x", words()));
            return words;
        }
    }

    /** The list, and what would become of it. */
    public record State(Optional<AclFact.Access> access) {}

    @Override
    public String name() {
        return "acl";
    }

    @Override
    public Class<Args> args() {
        return Args.class;
    }

    private static AclFact fact(Args args) {
        var read = new ArrayList<String>();
        if (args.inherited()) {
            read.add("-d");
        }
        if (!args.follow()) {
            read.add("-P");
        }
        return new AclFact(NodePath.normal(args.path()), read, args.change());
    }

    @Override
    public Inquiry<State> inspect(Args args, Platform node) {
        return Inquiry.of(fact(args)).map(State::new);
    }

    @Override
    public Plan plan(Args args, State actual) {
        Optional<String> mistake = args.mistake();
        if (mistake.isPresent()) {
            return Plan.mistake(mistake.get());
        }
        if (actual.access.isEmpty()) {
            return new Plan.Refused(
                    new CommandFact("setfacl").sentence("look at who may use " + args.path(), "acl"));
        }
        AclFact.Access now = actual.access.get();
        if (!now.exists()) {
            return new Plan.Refused("Path not found or not accessible: " + args.path());
        }
        if (args.inherited() && !now.folder()) {
            return new Plan.Refused("default is for folders alone, and " + args.path() + " is none");
        }
        if (!now.error().isEmpty()) {
            return new Plan.Refused("Tried to look at who may use " + args.path() + ", but " + now.error());
        }
        if (now.settled()) {
            return Plan.NOTHING;
        }
        String path = NodePath.normal(args.path());
        var settled = new AclFact.Access(true, now.folder(), now.entries(), true, "");
        return Plan.of(new Change(args.path(), Diff.NONE,
                List.of(new Action.Run(Sh.of("setfacl {} -- {}", args.change(), NodePath.word(path)))),
                List.of(new Effect.Unknown(
                        (fact, value) -> fact instanceof PathFact && value instanceof PathState.Present present
                                && (present.real().equals(path) || NodePath.below(present.real(), path)),
                        "the access list of " + path + " would change its mode"),
                        Effect.becomes(fact(args), Optional.of(settled)))));
    }

    @Override
    public Verdict judge(Args args, State before, Applied<State> applied) {
        MapValue said = MapValue.of("msg", args.said());
        MapValue results = applied.predicted() && !applied.changes().isEmpty()
                ? said
                : said.with("acl", applied.after().orElse(before).access.map(AclFact.Access::entries)
                        .orElse(List.of()));
        Optional<Answer> failed = applied.answers().stream().filter(answer -> answer.status() > 0).findFirst();
        return failed.isPresent()
                ? Verdict.failed(failed.get().errors().strip(), results)
                : Verdict.changed(!applied.changes().isEmpty(), results);
    }
}
