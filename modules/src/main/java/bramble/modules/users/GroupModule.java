package bramble.modules.users;

import bramble.args.Arg;
import bramble.args.Doc;
import bramble.module.Action;
import bramble.module.AnyModule;
import bramble.module.Applied;
import bramble.module.Change;
import bramble.module.Diff;
import bramble.module.Effect;
import bramble.module.Inquiry;
import bramble.module.Maybe;
import bramble.module.Plan;
import bramble.module.Platform;
import bramble.module.TaskModule;
import bramble.module.Verdict;
import bramble.modules.files.IdFact;
import bramble.modules.files.PathFact;
import bramble.modules.files.PathState;
import bramble.shell.Answer;
import bramble.shell.Sh;
import bramble.value.MapValue;
import com.google.auto.service.AutoService;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Stream;

/** {@code group}: groups of users. */
@AutoService(AnyModule.class)
public final class GroupModule implements TaskModule<GroupModule.Args, GroupModule.State> {
    /** Whether there is to be such a group. */
    public enum Wanted {
        ABSENT,
        PRESENT
    }

    @Doc(value = "Makes and removes groups.", example = """
            - name: A group for those who may use the GPIO pins
              ansible.builtin.group:
                name: pins
                system: true
            """, returns = {"name: str: the group", "gid: int: its number", "state: str: as asked for",
        "system: bool: as asked for"})
    public record Args(@Arg("The group.") String name,
            @Arg(value = "Whether there is to be such a group.", fallback = "present") Wanted state,
            @Arg("The group's number.") Optional<Integer> gid,
            @Arg(value = "A group of the system's own, when it is made.", fallback = "no") boolean system,
            @Arg(value = "Allows a number that another group has too.", name = "non_unique", fallback = "no") boolean nonUnique,
            @Arg(value = "Only the node's own files matter, not a directory service; always so.", fallback = "no") boolean local,
            @Arg(value = "Removes a group that is a user's primary one.", fallback = "no") boolean force,
            @Arg(value = "The lowest number that a new group without one of its own gets.", name = "gid_min") Optional<Integer> gidMin,
            @Arg(value = "The highest such number.", name = "gid_max") Optional<Integer> gidMax) {}

    /**
     * What matters to a task.
     *
     * @param group unknown where a package may bring it
     * @param table where the node has no groupadd
     * @param holder who has the number that it is to have
     * @param closed whether the groups may not be changed by who runs the task
     */
    public record State(Maybe<Optional<Group>> group, Optional<Accounts> table, Optional<Group> holder,
            boolean closed) {}

    @Override
    public String name() {
        return "group";
    }

    @Override
    public Class<Args> args() {
        return Args.class;
    }

    @Override
    public Inquiry<State> inspect(Args args, Platform node) {
        var group = new GroupFact(args.name());
        var table = new AccountsFact();
        var holder = new GroupFact(args.gid().map(Integer::toUnsignedString).orElse(args.name()));
        boolean edits = !node.has("groupadd");
        var groups = new PathFact("/etc/group");
        return Inquiry.ask(edits ? List.of(group, holder, groups, table) : List.of(group, holder, groups),
                facts -> new State(facts.maybe(group), edits ? Optional.of(facts.get(table)) : Optional.empty(),
                        args.gid().flatMap(_ -> facts.maybe(holder).orElse(Optional.empty())),
                        facts.maybe(groups).map(PathState::closed).orElse(false)));
    }

    @Override
    public Plan plan(Args args, State actual) {
        if (args.gid().filter(gid -> gid < 0).isPresent()) {
            return Plan.mistake("gid is a number from 0, not " + args.gid().get());
        }
        if (args.nonUnique() && args.gid().isEmpty()) {
            return Plan.mistake("non_unique is True but all of the following are missing: gid");
        }
        if (args.local() && (args.gidMin().isPresent() || args.gidMax().isPresent())) {
            return Plan.mistake("parameters are mutually exclusive: local|gid_min, local|gid_max");
        }
        Optional<Group> group = actual.group.get();
        if (args.state() == Wanted.ABSENT) {
            return group.map(found -> Plan.of(tried("remove", removal(args, actual), actual))).orElse(Plan.NOTHING);
        }
        boolean settled = group
                .filter(found -> args.gid().isEmpty() || found.gid().equals(OptionalInt.of(args.gid().get())))
                .isPresent();
        Optional<String> obstacle = actual.table.flatMap(_ -> Accounts.obstacle("group", args.name(), Stream.empty()));
        if (group.isEmpty() && obstacle.isPresent()) {
            return new Plan.Refused(obstacle.get());
        }
        Optional<Group> holder = actual.holder.filter(other -> !args.nonUnique() && !other.name().equals(args.name()));
        if (!settled && holder.isPresent()) {
            return new Plan.Refused("GID '" + args.gid().map(Integer::toUnsignedString).orElse("")
                    + "' already exists: the group " + holder.get().name() + " has it");
        }
        return settled
                ? Plan.NOTHING
                : Plan.of(tried(group.isPresent() ? "change" : "make", making(args, group, actual), actual));
    }

    private static Change tried(String verb, Change change, State actual) {
        return actual.closed ? Accounts.denied(verb + " the group ", change) : change;
    }

    private static Change removal(Args args, State actual) {
        Diff diff = Diff.attributes(args.name(), MapValue.of("state", "present"), MapValue.of("state", "absent"));
        Effect id = Effect.becomes(IdFact.group(args.name()), IdFact.Id.NONE);
        if (actual.table.isPresent()) {
            Accounts after = actual.table.get().withoutGroup(args.name());
            return new Change(args.name(), diff, AccountEdit.actions(actual.table.get(), after),
                    List.of(Effect.becomes(new AccountsFact(), after), id));
        }
        return new Change(args.name(), diff,
                List.of(new Action.Run(Sh.of("groupdel{} {}", Sh.raw(args.force() ? " -f" : ""), args.name()))),
                List.of(Effect.becomes(new GroupFact(args.name()), Optional.empty()), id));
    }

    private static Change making(Args args, Optional<Group> now, State actual) {
        OptionalInt gid = args.gid().map(OptionalInt::of).orElse(OptionalInt.empty());
        Set<String> members = now.map(Group::members).orElse(Set.of());
        Diff diff = now
                .map(old -> Diff.attributes(args.name(), MapValue.of("gid", old.gid().orElse(-1)),
                        MapValue.of("gid", args.gid().orElse(-1))))
                .orElseGet(() -> Diff.attributes(args.name(), MapValue.of("state", "absent"),
                        MapValue.of("state", "present")));
        if (actual.table.isPresent()) {
            Accounts table = actual.table.get();
            int number = gid.orElseGet(() -> Accounts.free(table.group(), args.system(), args.gidMin(), args.gidMax()));
            Accounts after = table.withGroup(new Group(args.name(), OptionalInt.of(number), members));
            return new Change(args.name(), diff, AccountEdit.actions(table, after),
                    List.of(Effect.becomes(new AccountsFact(), after),
                            Effect.becomes(IdFact.group(args.name()), IdFact.Id.of(number))));
        }
        Sh number = args.gid()
                .map(n -> Sh.of(" -g {}{}", Integer.toUnsignedString(n), Sh.raw(args.nonUnique() ? " -o" : "")))
                .orElse(Sh.raw(""));
        Sh run = now.isPresent()
                ? Sh.of("groupmod{} {}", number, args.name())
                : Sh.of("groupadd{}{}{}{} {}", number, Sh.raw(args.system() ? " -r" : ""),
                        limit("GID_MIN", args.gidMin()), limit("GID_MAX", args.gidMax()), args.name());
        return new Change(args.name(), diff, List.of(new Action.Run(run)),
                List.of(Effect.becomes(new GroupFact(args.name()), Optional.of(new Group(args.name(), gid, members))),
                        Effect.becomes(IdFact.group(args.name()), new IdFact.Id(true, gid))));
    }

    private static Sh limit(String name, Optional<Integer> number) {
        return number.map(most -> Sh.of(" -K {}", name + "=" + most)).orElse(Sh.raw(""));
    }

    @Override
    public Verdict judge(Args args, State before, Applied<State> applied) {
        MapValue results = MapValue.of("name", args.name(), "state",
                args.state() == Wanted.ABSENT ? "absent" : "present");
        Optional<Answer> failed = applied.answers().stream().filter(answer -> answer.status() > 0).findFirst();
        if (failed.isPresent()) {
            return Verdict.failed(failed.get().errors().strip(), results);
        }
        Optional<Group> group = applied.after().orElse(before).group().orElse(Optional.empty());
        if (args.state() == Wanted.PRESENT) {
            results = results.with("system", args.system());
            if (group.isPresent() && group.get().gid().isPresent()) {
                results = results.with("gid", group.get().gid().getAsInt());
            }
        }
        return Verdict.changed(!applied.changes().isEmpty(), results);
    }
}
