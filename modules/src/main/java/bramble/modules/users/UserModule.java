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
import bramble.modules.files.CommandFact;
import bramble.modules.files.IdFact;
import bramble.modules.files.Inode;
import bramble.modules.files.NodePath;
import bramble.modules.files.Owner;
import bramble.modules.files.PathFact;
import bramble.modules.files.PathState;
import bramble.shell.Answer;
import bramble.shell.Content;
import bramble.shell.Sh;
import bramble.value.MapValue;
import bramble.value.Unknown;
import bramble.value.Value;
import com.google.auto.service.AutoService;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** {@code user}: accounts, with their groups, home and password. */
@AutoService(AnyModule.class)
public final class UserModule implements TaskModule<UserModule.Args, UserModule.State> {
    /** Whether there is to be such a user. */
    public enum Wanted {
        ABSENT,
        PRESENT
    }

    /** When the password is set. */
    public enum UpdatePassword {
        ALWAYS,
        ON_CREATE
    }

    @Doc(value = "Makes, changes and removes users.", neverSettles = "force with generate_ssh_key makes a new key each time", example = """
            - name: Let deploy log in and read the logs
              ansible.builtin.user:
                name: deploy
                comment: Deployment
                shell: /bin/sh
                groups: [adm]
                append: true
            """, returns = {
        "name: str: the user", "state: str: as asked for", "uid: int: the user's number",
        "group: int: the primary group's number", "groups: str: the other groups, as asked for",
        "home: str: the home folder", "shell: str: the login shell", "comment: str: who it is",
        "append: bool: as asked for", "move_home: bool: as asked for", "create_home: bool: as asked for",
        "system: bool: as asked for", "force: bool: as asked for", "remove: bool: as asked for",
        "ssh_key_file: str: the path of the key that was asked for", "ssh_public_key: str: its public half",
        "ssh_fingerprint: str: its fingerprint"})
    public record Args(@Arg(value = "The user.", aliases = "user") String name,
            @Arg(value = "Whether there is to be such a user.", fallback = "present") Wanted state,
            @Arg("The user's number.") Optional<Integer> uid,
            @Arg(value = "Allows a number that another user has too.", name = "non_unique", fallback = "no") boolean nonUnique,
            @Arg(value = "Who it is: the GECOS field.") Optional<String> comment,
            @Arg("The primary group, by name or number.") Optional<String> group,
            @Arg("The other groups; an empty list for none.") Optional<List<String>> groups,
            @Arg(value = "Keeps the groups that aren't named.", fallback = "no") boolean append,
            @Arg(value = "The login shell.", nodePath = true) Optional<String> shell,
            @Arg(value = "The home folder.", nodePath = true) Optional<String> home,
            @Arg(value = "Makes the home folder where it isn't there.", name = "create_home", aliases = "createhome", fallback = "yes") boolean createHome,
            @Arg(value = "Moves the home folder's content to a new home.", name = "move_home", fallback = "no") boolean moveHome,
            @Arg("The folder that a new home is a copy of.") Optional<String> skeleton,
            @Arg("The umask that a new home is made with.") Optional<String> umask,
            @Arg(value = "The password, hashed as crypt does it; {@code !} or {@code *} for none.", secret = true) Optional<String> password,
            @Arg(value = "Whether a password is set always, or only for a new user.", name = "update_password", fallback = "always") UpdatePassword updatePassword,
            @Arg(value = "Locks the password, or unlocks it.", name = "password_lock") Optional<Boolean> passwordLock,
            @Arg(value = "The most days between two changes of the password.", name = "password_expire_max") Optional<Integer> passwordExpireMax,
            @Arg(value = "The fewest days between two changes of the password.", name = "password_expire_min") Optional<Integer> passwordExpireMin,
            @Arg(value = "Days of warning before the password expires.", name = "password_expire_warn") Optional<Integer> passwordExpireWarn,
            @Arg("When the account expires, in seconds since 1970; negative for never.") Optional<Double> expires,
            @Arg(value = "A user of the system's own, when it is made.", fallback = "no") boolean system,
            @Arg(value = "Only the node's own files matter, not a directory service; always so.", fallback = "no") boolean local,
            @Arg(value = "When removed: although logged in; with generate_ssh_key: a new key in place of the one that is there.", fallback = "no") boolean force,
            @Arg(value = "When removed: with home and mail.", fallback = "no") boolean remove,
            @Arg(value = "Makes a key pair in the user's home, where there is none.", name = "generate_ssh_key", fallback = "no") boolean generateSshKey,
            @Arg(value = "The key's length in bits, or the tool's own choice.", name = "ssh_key_bits") Optional<Integer> sshKeyBits,
            @Arg(value = "The key's kind.", name = "ssh_key_type", fallback = "rsa") String sshKeyType,
            @Arg(value = "The key's comment.", name = "ssh_key_comment") Optional<String> sshKeyComment,
            @Arg(value = "The key's file, seen from the home folder.", name = "ssh_key_file", nodePath = true) Optional<String> sshKeyFile,
            @Arg(value = "The key's passphrase.", name = "ssh_key_passphrase", secret = true) Optional<String> sshKeyPassphrase,
            @Arg("As whom SELinux knows the user: staff_u, user_u. Where SELinux isn't enabled, that is refused.") Optional<String> seuser,
            @Arg("Accepted; other systems have it.") Optional<String> authorization,
            @Arg("Accepted; other systems have it.") Optional<Boolean> hidden,
            @Arg(value = "Accepted; other systems have it.", name = "login_class") Optional<String> loginClass,
            @Arg("Accepted; other systems have it.") Optional<String> profile,
            @Arg("Accepted; other systems have it.") Optional<String> role,
            @Arg(value = "The lowest number that a new user without one of its own gets.", name = "uid_min") Optional<Integer> uidMin,
            @Arg(value = "The highest such number.", name = "uid_max") Optional<Integer> uidMax) {}

    /**
     * What matters to a task.
     *
     * @param user unknown where a package may bring it
     * @param groups those that the task names, and the one that has the user's name
     * @param table where the node has no useradd
     * @param holder the user that has the number that this one is to have
     * @param keygen why no key can be made
     * @param closed whether the accounts may not be changed by who runs the task
     * @param seuser where the task names one
     */
    public record State(Maybe<Optional<Account>> user, Map<String, Maybe<Optional<Group>>> groups, HomeFact.Home home,
            Optional<SshKeyFact.Key> key, Optional<Accounts> table, Optional<String> holder, Optional<String> keygen,
            boolean closed, Optional<SeuserFact.Seuser> seuser) {
        /** A group that the task names, if it is there. */
        Optional<Group> group(String name) {
            return Optional.ofNullable(groups.get(name)).flatMap(Maybe::get);
        }

        /** Without what is secret. */
        @Override
        public String toString() {
            return "State[" + user + ", " + home + "]";
        }
    }

    @Override
    public String name() {
        return "user";
    }

    @Override
    public Class<Args> args() {
        return Args.class;
    }

    @Override
    public Inquiry<State> inspect(Args args, Platform node) {
        var user = new UserFact(args.name());
        var home = new HomeFact(args.name(), args.home().orElse(""), args.createHome());
        var key = new SshKeyFact(args.name(), args.home().orElse(""), keyFile(args));
        var table = new AccountsFact();
        boolean edits = !node.has("useradd") || !node.has("usermod");
        List<GroupFact> groups = Stream.of(Stream.of(args.name()), args.group().stream(), named(args))
                .flatMap(names -> names).distinct().map(GroupFact::new).toList();
        var facts = new ArrayList<bramble.module.Fact<?>>(groups);
        var accounts = new PathFact("/etc/passwd");
        facts.addAll(List.of(user, home, accounts));
        var keygen = new CommandFact("ssh-keygen");
        if (args.generateSshKey()) {
            facts.addAll(List.of(key, keygen));
        }
        Optional<NumberFact> number = args.uid().map(NumberFact::new);
        number.ifPresent(facts::add);
        Optional<SeuserFact> seuser = args.seuser().map(_ -> new SeuserFact(args.name()));
        seuser.ifPresent(facts::add);
        if (edits) {
            facts.add(table);
        }
        return Inquiry.ask(facts, answers -> {
            var found = new LinkedHashMap<String, Maybe<Optional<Group>>>();
            groups.forEach(group -> found.put(group.name(), answers.maybe(group)));
            return new State(answers.maybe(user), found, answers.get(home),
                    args.generateSshKey() ? Optional.of(answers.get(key)) : Optional.empty(),
                    edits ? Optional.of(answers.get(table)) : Optional.empty(),
                    number.flatMap(fact -> answers.maybe(fact).orElse(Optional.empty())),
                    args.generateSshKey()
                            ? keygen.lacking(answers.maybe(keygen), "make an SSH key for " + args.name(),
                                    "openssh-client (OpenWrt: openssh-keygen)")
                            : Optional.empty(),
                    answers.maybe(accounts).map(PathState::closed).orElse(false), seuser.map(answers::get));
        });
    }

    private static Stream<String> named(Args args) {
        return args.groups().stream().flatMap(List::stream).map(String::strip).filter(name -> !name.isEmpty());
    }

    private static String keyFile(Args args) {
        return args.sshKeyFile().orElse(".ssh/id_" + args.sshKeyType());
    }

    @Override
    public Plan plan(Args args, State actual) {
        if (args.uid().filter(uid -> uid < 0).isPresent()) {
            return Plan.mistake("uid is a number from 0, not " + args.uid().get());
        }
        if (args.local() && (args.uidMin().isPresent() || args.uidMax().isPresent())) {
            return Plan.mistake("parameters are mutually exclusive: local|uid_min, local|uid_max");
        }
        if (args.local() && args.umask().isPresent()) {
            return Plan.mistake("'umask' can not be used with 'local'");
        }
        Optional<Account> user = actual.user.get();
        if (args.state() == Wanted.ABSENT) {
            return user.<Plan>map(account -> Plan.of(tried("remove", removal(args, account, actual), actual)))
                    .orElse(Plan.NOTHING);
        }
        Optional<String> mistake = mistake(args);
        if (mistake.isPresent()) {
            return Plan.mistake(mistake.get());
        }
        for (String name : Stream.concat(named(args), args.group().stream()).toList()) {
            if (actual.group(name).isEmpty()) {
                return new Plan.Refused("Group " + name + " does not exist");
            }
        }
        if (args.seuser().isPresent() && actual.table.isPresent()) {
            return new Plan.Refused(
                    "Tried to set seuser for " + args.name() + ", but the node has no useradd and usermod, which"
                            + " tell SELinux; the package shadow-utils brings them (Debian: passwd)");
        }
        if (actual.seuser.filter(now -> !now.enabled()).isPresent()) {
            return new Plan.Refused("Tried to set seuser for " + args.name()
                    + ", but SELinux isn't enabled on the node: leave seuser away there");
        }
        if (actual.key.filter(key -> !key.there()).isPresent() && actual.keygen.isPresent()) {
            return new Plan.Refused(actual.keygen.get());
        }
        var changes = new ArrayList<Change>();
        Account wanted = wanted(args, user, actual);
        Optional<String> obstacle = actual.table.flatMap(_ -> Accounts.obstacle("user", args.name(),
                Stream.of(wanted.comment(), wanted.home(), wanted.shell(), wanted.password())));
        if (obstacle.isPresent() && !user.equals(Optional.of(wanted))) {
            return new Plan.Refused(obstacle.get());
        }
        boolean numbered = user.filter(account -> account.uid().equals(wanted.uid())).isPresent();
        Optional<String> holder = actual.holder
                .filter(name -> !numbered && !args.nonUnique() && !name.equals(args.name()));
        if (holder.isPresent()) {
            return new Plan.Refused("UID " + Integer.toUnsignedString(wanted.uid().orElse(0))
                    + " is not unique: the user " + holder.get() + " has it");
        }
        if (user.isEmpty()) {
            changes.add(tried("make", creation(args, wanted, actual), actual));
        } else if (!wanted.equals(user.get())) {
            changes.add(tried("change", modification(args, user.get(), wanted, actual), actual));
        }
        if (user.isPresent()) {
            actual.seuser.filter(now -> !now.seuser().equals(args.seuser().orElse("")))
                    .ifPresent(now -> changes.add(tried("change", seuser(args, now), actual)));
        }
        String home = wanted.home();
        boolean made = user.isEmpty() && actual.table.isEmpty();
        if (args.createHome() && !made && !actual.home.there() && !(args.moveHome() && moved(user, wanted))
                && !home.isEmpty()) {
            changes.add(home(args, wanted, actual));
        }
        actual.key.filter(key -> !key.there() || args.force()).ifPresent(key -> changes.add(key(args, wanted, key)));
        return Plan.of(changes);
    }

    private static Change seuser(Args args, SeuserFact.Seuser now) {
        String wanted = args.seuser().orElseThrow();
        return new Change(args.name(), Diff.attributes(args.name(), MapValue.of("seuser", now.seuser()),
                MapValue.of("seuser", wanted)),
                List.of(new Action.Run(Sh.of("usermod -Z {} {}", wanted, args.name()))),
                List.of(seuserEffect(args.name(), wanted)));
    }

    private static Effect seuserEffect(String name, String seuser) {
        return Effect.becomes(new SeuserFact(name), new SeuserFact.Seuser(true, seuser));
    }

    private static Change tried(String verb, Change change, State actual) {
        return actual.closed ? Accounts.denied(verb + " the user ", change) : change;
    }

    /** What no system's tool takes. */
    private static Optional<String> mistake(Args args) {
        if (args.name().matches("[-+~].*|.*[\\s:,/].*|")) {
            return Optional.of("invalid user name '" + args.name() + "': it has no blank, "
                    + "colon, comma or slash in it, and doesn't begin with -, + or ~.");
        }
        return Optional.empty();
    }

    private static boolean moved(Optional<Account> user, Account wanted) {
        return user.filter(account -> !account.home().equals(wanted.home())).isPresent();
    }

    /** The account as it is to be; what isn't asked for is as it is, or as the system's tools choose it. */
    private static Account wanted(Args args, Optional<Account> user, State actual) {
        Optional<Group> group = args.group()
                .flatMap(actual::group);
        Set<String> named = new TreeSet<>();
        named(args).forEach(name -> named.add(actual.group(name).map(Group::name).orElse(name)));
        OptionalInt uid = args.uid().map(OptionalInt::of).orElse(user.map(Account::uid).orElse(OptionalInt.empty()));
        OptionalInt gid = group.map(Group::gid).orElse(user.map(Account::gid).orElse(OptionalInt.empty()));
        boolean namesake = actual.groups.get(args.name()) instanceof Maybe.Known<Optional<Group>>(var g)
                && g.isPresent();
        String primary = group.map(Group::name)
                .orElse(user.map(Account::group).orElse(namesake && actual.table.isEmpty() ? "users" : args.name()));
        Set<String> groups = new TreeSet<>(user.map(Account::groups).orElse(Set.of()));
        if (args.groups().isPresent()) {
            if (!args.append()) {
                groups.removeIf(name -> !named.contains(name) && !name.equals(primary));
            }
            named.remove(user.map(Account::group).filter(primary::equals).orElse(""));
            groups.addAll(named);
        }
        boolean old = user.isPresent();
        return new Account(args.name(), uid, gid, primary, args.comment().orElse(user.map(Account::comment).orElse("")),
                args.home().orElse(user.map(Account::home).orElse("/home/" + args.name())),
                args.shell().orElse(user.map(Account::shell).orElse("/bin/sh")), groups, password(args, user),
                ages(args, old
                        ? user.get().ages()
                        : Account.Ages.NONE));
    }

    private static String password(Args args, Optional<Account> user) {
        String now = user.map(Account::password).orElse("!");
        boolean set = args.password().isPresent() && (user.isEmpty() || args.updatePassword() == UpdatePassword.ALWAYS);
        String bare = bare(now);
        String next = set && !bare(args.password().get()).equals(bare)
                ? args.password().get()
                : user.isEmpty() && set ? args.password().get() : now;
        return args.passwordLock().map(lock -> lock ? next.startsWith("!") ? next : "!" + next : bare(next))
                .orElse(next);
    }

    private static String bare(String password) {
        return password.replaceFirst("^!+", "");
    }

    private static Account.Ages ages(Args args, Account.Ages now) {
        String expire = args.expires().map(seconds -> seconds < 0 ? "" : String.valueOf((long) (seconds / 86_400)))
                .orElse(now.expire());
        return new Account.Ages(args.passwordExpireMin().map(String::valueOf).orElse(now.min()),
                args.passwordExpireMax().map(String::valueOf).orElse(now.max()),
                args.passwordExpireWarn().map(String::valueOf).orElse(now.warn()), expire);
    }

    private static Change removal(Args args, Account account, State actual) {
        var effects = new ArrayList<Effect>();
        var actions = new ArrayList<Action>();
        Optional<Group> own = actual.groups.get(args.name()) instanceof Maybe.Known<Optional<Group>>(var g)
                ? g.filter(group -> group.gid().equals(account.gid()) && group.members().isEmpty())
                : Optional.empty();
        if (actual.table.isPresent()) {
            Accounts after = actual.table.get().without(account.name());
            actions.addAll(AccountEdit.actions(actual.table.get(), after));
            effects.add(Effect.becomes(new AccountsFact(), after));
            if (args.remove()) {
                actions.add(new Action.Run(Sh.of("rm -rf {}", account.home())));
            }
        } else {
            actions.add(new Action.Run(Sh.of("userdel{}{} {}", Sh.raw(args.force() ? " -f" : ""),
                    Sh.raw(args.remove() ? " -r" : ""), account.name())));
            effects.add(Effect.becomes(new UserFact(account.name()), Optional.empty()));
            own.ifPresent(group -> effects.add(Effect.becomes(new GroupFact(group.name()), Optional.empty())));
        }
        effects.add(Effect.becomes(IdFact.user(account.name()), IdFact.Id.NONE));
        own.ifPresent(group -> effects.add(Effect.becomes(IdFact.group(group.name()), IdFact.Id.NONE)));
        if (args.remove() && actual.home.there()) {
            String home = NodePath.normal(account.home());
            effects.add(Effect.becomes(new PathFact(home),
                    new PathState.Absent(home, NodePath.parent(home), false)));
        }
        return new Change(account.name(), Diff.attributes(account.name(), MapValue.of("state", "present"),
                MapValue.of("state", "absent")), actions, effects);
    }

    private static Change creation(Args args, Account wanted, State actual) {
        var actions = new ArrayList<Action>();
        var effects = new ArrayList<Effect>();
        boolean ownGroup = wanted.group().equals(wanted.name());
        if (actual.table.isPresent()) {
            Accounts before = actual.table.get();
            Account numbered = numbered(args, wanted, before);
            Accounts base = ownGroup && before.group(wanted.name()).isEmpty()
                    ? before.withGroup(new Group(wanted.name(), numbered.gid(), Set.of()))
                    : before;
            Accounts after = base.with(numbered);
            actions.addAll(AccountEdit.actions(before, after));
            effects.add(Effect.becomes(new AccountsFact(), after));
            effects.addAll(ids(numbered));
        } else {
            actions.add(new Action.Run(useradd(args, wanted, actual)));
            secrets(Optional.empty(), wanted, actions);
            args.seuser().ifPresent(seuser -> effects.add(seuserEffect(wanted.name(), seuser)));
            effects.add(Effect.becomes(new UserFact(wanted.name()), Optional.of(wanted)));
            if (ownGroup && args.group().isEmpty()) {
                effects.add(Effect.becomes(new GroupFact(wanted.name()),
                        Optional.of(new Group(wanted.name(), OptionalInt.empty(), Set.of()))));
            }
            effects.addAll(ids(wanted));
            if (args.createHome()) {
                effects.add(homeEffect(args, wanted, actual));
            }
        }
        effects.add(tilde(wanted));
        return new Change(wanted.name(), Diff.attributes(wanted.name(), MapValue.of("state", "absent"),
                MapValue.of("state", "present")), actions, effects);
    }

    private static Account numbered(Args args, Account wanted, Accounts table) {
        int uid = wanted.uid()
                .orElseGet(() -> Accounts.free(table.passwd(), args.system(), args.uidMin(), args.uidMax()));
        boolean own = wanted.group().equals(wanted.name());
        boolean same = own && table.group(String.valueOf(uid)).isEmpty();
        OptionalInt found = table.group(wanted.group()).map(Group::gid).orElse(OptionalInt.empty());
        int gid = wanted.gid()
                .orElse(found.orElseGet(() -> same
                        ? uid
                        : Accounts.free(table.group(), args.system(), Optional.empty(),
                                Optional.empty())));
        return new Account(wanted.name(), OptionalInt.of(uid), OptionalInt.of(gid), wanted.group(), wanted.comment(),
                wanted.home(), wanted.shell(), wanted.groups(), wanted.password(), wanted.ages());
    }

    /** Of paths that begin with {@code ~user}: they lead into the user's home. */
    private static Effect tilde(Account account) {
        String home = NodePath.normal(account.home());
        var inode = new Inode(0755, new Owner(account.name(), account.uid()), new Owner(account.group(), account.gid()),
                "new:" + home, 2, OptionalLong.empty(), OptionalLong.empty(), OptionalLong.empty());
        return Effect.becomes(new PathFact("~" + account.name()),
                new PathState.Link("~" + account.name(), inode, home, new PathState.Directory(home, inode)));
    }

    private static List<Effect> ids(Account account) {
        IdFact.Id uid = new IdFact.Id(true, account.uid());
        return account.group().equals(account.name())
                ? List.of(Effect.becomes(IdFact.user(account.name()), uid),
                        Effect.becomes(IdFact.group(account.group()), new IdFact.Id(true, account.gid())))
                : List.of(Effect.becomes(IdFact.user(account.name()), uid));
    }

    private static Effect homeEffect(Args args, Account account, State actual) {
        String home = NodePath.normal(account.home());
        int mode = args.umask().filter(mask -> mask.matches("[0-7]+")).map(mask -> 0777 & ~Integer.parseInt(mask, 8))
                .orElse(actual.home.mode());
        var inode = new Inode(mode, new Owner(account.name(), account.uid()), new Owner(account.group(), account.gid()),
                "new:" + home, 2, OptionalLong.empty(), OptionalLong.empty(), OptionalLong.empty());
        return Effect.becomes(new PathFact(home), new PathState.Directory(home, inode));
    }

    private static Sh useradd(Args args, Account wanted, State actual) {
        var words = new ArrayList<>(List.of("useradd"));
        args.uid().ifPresent(uid -> words.addAll(List.of("-u", Integer.toUnsignedString(uid))));
        option(words, args.uid().isPresent() && args.nonUnique(), "-o");
        option(words, args.system(), "-r");
        args.uidMin().ifPresent(least -> words.addAll(List.of("-K", "UID_MIN=" + least)));
        args.uidMax().ifPresent(most -> words.addAll(List.of("-K", "UID_MAX=" + most)));
        boolean namesake = actual.groups.get(args.name()) instanceof Maybe.Known<Optional<Group>>(var g)
                && g.isPresent();
        if (args.group().isPresent()) {
            words.addAll(List.of("-g", wanted.group()));
        } else {
            option(words, namesake, "-N");
        }
        if (!wanted.groups().isEmpty()) {
            words.addAll(List.of("-G", String.join(",", new TreeSet<>(wanted.groups()))));
        }
        args.comment().ifPresent(comment -> words.addAll(List.of("-c", comment)));
        args.seuser().ifPresent(seuser -> words.addAll(List.of("-Z", seuser)));
        args.home().ifPresent(home -> words.addAll(List.of("-d", home)));
        args.shell().ifPresent(shell -> words.addAll(List.of("-s", shell)));
        if (!wanted.ages().expire().isEmpty()) {
            words.addAll(List.of("-e", date(wanted.ages().expire())));
        }
        if (args.createHome()) {
            words.add("-m");
            args.skeleton().ifPresent(folder -> words.addAll(List.of("-k", folder)));
            args.umask().ifPresent(mask -> words.addAll(List.of("-K", "UMASK=" + mask)));
        } else {
            words.add("-M");
        }
        words.add(args.name());
        String parent = NodePath.parent(wanted.home());
        return args.createHome() ? Sh.of("mkdir -p {} && {}", parent, Sh.of("{}", words)) : Sh.of("{}", words);
    }

    private static void option(List<String> words, boolean given, String option) {
        if (given) {
            words.add(option);
        }
    }

    private static String date(String days) {
        return days.isEmpty() ? "" : LocalDate.ofEpochDay(Long.parseLong(days)).toString();
    }

    private static Change modification(Args args, Account now, Account wanted, State actual) {
        var actions = new ArrayList<Action>();
        var effects = new ArrayList<Effect>();
        if (actual.table.isPresent()) {
            Accounts after = actual.table.get().with(wanted);
            actions.addAll(AccountEdit.actions(actual.table.get(), after));
            if (args.moveHome() && !now.home().equals(wanted.home())) {
                actions.add(new Action.Run(Sh.of("mv {} {}", now.home(), wanted.home())));
            }
            effects.add(Effect.becomes(new AccountsFact(), after));
        } else {
            var words = new ArrayList<String>();
            if (!now.uid().equals(wanted.uid())) {
                words.addAll(List.of("-u", Integer.toUnsignedString(wanted.uid().orElseThrow())));
                option(words, args.nonUnique(), "-o");
            }
            if (!now.group().equals(wanted.group())) {
                words.addAll(List.of("-g", wanted.group()));
            }
            if (!now.groups().equals(wanted.groups())) {
                words.addAll(List.of("-G", String.join(",", new TreeSet<>(wanted.groups()))));
            }
            differs(words, "-c", now.comment(), wanted.comment());
            differs(words, "-s", now.shell(), wanted.shell());
            if (!now.home().equals(wanted.home())) {
                words.addAll(List.of("-d", wanted.home()));
                option(words, args.moveHome(), "-m");
            }
            if (!now.ages().expire().equals(wanted.ages().expire())) {
                words.addAll(List.of("-e", date(wanted.ages().expire())));
            }
            if (!words.isEmpty()) {
                actions.add(new Action.Run(Sh.of("usermod {} {}", words, args.name())));
            }
            secrets(Optional.of(now), wanted, actions);
            effects.add(Effect.becomes(new UserFact(wanted.name()), Optional.of(wanted)));
        }
        if (!now.uid().equals(wanted.uid())) {
            effects.add(Effect.becomes(IdFact.user(wanted.name()), new IdFact.Id(true, wanted.uid())));
        }
        if (args.moveHome() && !now.home().equals(wanted.home())) {
            effects.add(homeEffect(args, wanted, actual));
        }
        if (!now.home().equals(wanted.home())) {
            effects.add(tilde(wanted));
        }
        return new Change(wanted.name(),
                Diff.attributes(wanted.name(), shown(now, wanted, now), shown(now, wanted, wanted)),
                actions, effects);
    }

    private static void differs(List<String> words, String option, String now, String wanted) {
        if (!now.equals(wanted)) {
            words.addAll(List.of(option, wanted));
        }
    }

    /** Password and ages: the hash goes in by standard input, since anybody may read a process's arguments. */
    private static void secrets(Optional<Account> now, Account wanted, List<Action> actions) {
        String password = now.map(Account::password).orElse("!");
        if (!password.equals(wanted.password())) {
            actions.add(new Action.Run(Sh.raw("chpasswd -e"),
                    Content.text(wanted.name() + ":" + wanted.password() + "\n")));
        }
        Account.Ages ages = now.map(Account::ages).orElse(new Account.Ages("", "", "", wanted.ages().expire()));
        var words = new ArrayList<String>();
        differs(words, "-m", ages.min(), wanted.ages().min());
        differs(words, "-M", ages.max(), wanted.ages().max());
        differs(words, "-W", ages.warn(), wanted.ages().warn());
        if (!words.isEmpty()) {
            actions.add(new Action.Run(Sh.of("chage {} {}", words, wanted.name())));
        }
    }

    private static MapValue shown(Account now, Account wanted, Account one) {
        var shown = new LinkedHashMap<String, Value>();
        show(shown, "uid", !now.uid().equals(wanted.uid()), Value.of(one.uid().orElse(-1)));
        show(shown, "group", !now.group().equals(wanted.group()), Value.text(one.group()));
        show(shown, "groups", !now.groups().equals(wanted.groups()),
                Value.texts(one.groups().stream().sorted().toList()));
        show(shown, "comment", !now.comment().equals(wanted.comment()), Value.text(one.comment()));
        show(shown, "home", !now.home().equals(wanted.home()), Value.text(one.home()));
        show(shown, "shell", !now.shell().equals(wanted.shell()), Value.text(one.shell()));
        show(shown, "password", !now.password().equals(wanted.password()),
                Value.text(one.equals(now) ? "the old one" : "another one"));
        show(shown, "expires", !now.ages().expire().equals(wanted.ages().expire()),
                Value.text(date(one.ages().expire())));
        return MapValue.named(shown);
    }

    private static void show(Map<String, Value> shown, String name, boolean differs, Value value) {
        if (differs) {
            shown.put(name, value);
        }
    }

    private static Change home(Args args, Account account, State actual) {
        String mode = args.umask().filter(mask -> mask.matches("[0-7]+"))
                .map(mask -> String.format("%04o", 0777 & ~Integer.parseInt(mask, 8)))
                .orElse(String.format("%04o", actual.home.mode()));
        Sh make = Sh.of("""
                b_k={} b_h={}
                mkdir -p "$b_h" && { [ ! -d "$b_k" ] || cp -R "$b_k/." "$b_h/"; } &&
                chown -R {} "$b_h" && chmod {} "$b_h\"""", args.skeleton().orElse("/etc/skel"), account.home(),
                account.name() + ":" + account.group(), mode);
        return new Change(account.home(), Diff.attributes(account.home(), MapValue.of("state", "absent"),
                MapValue.of("state", "directory")), List.of(new Action.Run(make)),
                List.of(homeEffect(args, account, actual)));
    }

    private static Change key(Args args, Account account, SshKeyFact.Key missing) {
        // a tilde is the running user's home, which the node told
        String file = keyFile(args).startsWith("~") ? missing.path() : SshKeyFact.path(account.home(), keyFile(args));
        Sh bits = args.sshKeyBits().filter(n -> n > 0).map(n -> Sh.of(" -b {}", n)).orElse(Sh.raw(""));
        String comment = args.sshKeyComment().orElse("");
        Sh make = Sh.of("""
                b_f={} b_d={}
                [ -d "$b_d" ] || { mkdir -p "$b_d" && chmod 700 "$b_d" && chown {} "$b_d"; } || exit 1
                b_c={}; [ -n "$b_c" ] || b_c="ansible-generated on $(cat /proc/sys/kernel/hostname)"
                """, file, NodePath.parent(file), account.name() + ":" + account.group(), comment);
        // beside their place, so that the old ones stay if it fails, and nothing is written through a user's link
        Sh begin = Sh.of("{}b_new=$b_f.bramble-new; rm -f \"$b_new\" \"$b_new.pub\"\n", make);
        Sh place = Sh.of("""
                chown {} "$b_new" "$b_new.pub" && rm -f "$b_f.pub" &&
                mv -f "$b_new.pub" "$b_f.pub" && mv -f "$b_new" "$b_f" || { rm -f "$b_new" "$b_new.pub"; exit 1; }""",
                account.name() + ":" + account.group());
        Sh plain = Sh.of("{}ssh-keygen -q -t {}{} -C \"$b_c\" -f \"$b_new\" -N {} &&\n{}", begin, args.sshKeyType(),
                bits, "", place);
        Action action = args.sshKeyPassphrase()
                .<Action>map(secret -> new Action.Run(
                        Sh.of("""
                                {}b_a=$(mktemp) && printf '#!/bin/sh\\nprintf "%%s\\\\n" "$BRAMBLE_PASSPHRASE"\\n' >"$b_a" && chmod 700 "$b_a" || exit 1
                                trap 'rm -f "$b_a"' EXIT
                                IFS= read -r BRAMBLE_PASSPHRASE; export BRAMBLE_PASSPHRASE
                                SSH_ASKPASS=$b_a SSH_ASKPASS_REQUIRE=force DISPLAY=none ssh-keygen -q -t {}{} -C "$b_c" -f "$b_new" &&
                                {}""",
                                begin, args.sshKeyType(), bits, place),
                        Content.text(secret + "\n")))
                .orElse(new Action.Run(plain));
        var effects = new ArrayList<Effect>();
        String folder = NodePath.parent(file);
        if (!missing.folder()) {
            effects.add(Effect.becomes(new PathFact(folder),
                    new PathState.Directory(folder, inode(account, folder, 0700))));
        }
        effects.add(Effect.becomes(new PathFact(file), new PathState.File(file, inode(account, file, 0600))));
        effects.add(Effect.becomes(new PathFact(file + ".pub"),
                new PathState.File(file + ".pub", inode(account, file + ".pub", 0644))));
        effects.add(Effect.becomes(new SshKeyFact(args.name(), args.home().orElse(""), keyFile(args)),
                new SshKeyFact.Key(file, true, true, "", "")));
        return new Change(file, Diff.attributes(file,
                MapValue.of("state", missing.there() ? "file" : "absent"), MapValue.of("state", "file")),
                List.of(action), effects);
    }

    private static Inode inode(Account account, String path, int mode) {
        return new Inode(mode, new Owner(account.name(), account.uid()), new Owner(account.group(), account.gid()),
                "new:" + path, 1, OptionalLong.empty(), OptionalLong.empty(), OptionalLong.empty());
    }

    private static Value number(OptionalInt number) {
        return number.isPresent()
                ? Value.of(number.getAsInt())
                : new Unknown("the system chooses the number when the user is made");
    }

    private static final Pattern HASHED = Pattern
            .compile(
                    "[*!]*|\\*{13}|[*!]?\\$[^$]+\\$(.*\\$)?[./=0-9A-Za-z]+|[*!]?[./0-9A-Za-z]{13}|[*!]?_[./0-9A-Za-z]{19}");

    @Override
    public Verdict judge(Args args, State before, Applied<State> applied) {
        MapValue results = MapValue.of("name", args.name(), "state",
                args.state() == Wanted.ABSENT ? "absent" : "present");
        Optional<Answer> failed = applied.answers().stream().filter(answer -> answer.status() > 0).findFirst();
        if (failed.isPresent()) {
            String why = failed.get().errors().isBlank() ? failed.get().text() : failed.get().errors();
            return Verdict.failed(why.strip(), results.with("rc", failed.get().status()));
        }
        boolean changed = !applied.changes().isEmpty();
        if (args.state() == Wanted.ABSENT) {
            return Verdict.changed(changed,
                    changed ? results.with("force", args.force()).with("remove", args.remove()) : results);
        }
        State now = applied.after().orElse(before);
        Optional<Account> account = now.user.orElse(Optional.empty());
        boolean made = before.user.orElse(Optional.empty()).isEmpty();
        results = made
                ? results.with("system", args.system()).with("create_home", args.createHome())
                : results.with("append", args.append()).with("move_home", args.moveHome());
        if (made && args.append() && named(args).findAny().isEmpty()) {
            results = results.with("warnings", List.of("'append' is set, but no 'groups' are specified. Use 'groups'"
                    + " for appending new groups."));
        }
        if (args.groups().isPresent()) {
            results = results.with("groups", String.join(",", named(args).toList()));
        }
        if (args.password().isPresent()) {
            results = results.with("password", "NOT_LOGGING_PASSWORD");
            if (!HASHED.matcher(args.password().get()).matches()) {
                results = results.with("warnings", List.of("The input password appears not to have been hashed. The"
                        + " 'password' argument must be encrypted for this module to work properly."));
            }
        }
        if (account.isPresent()) {
            Account found = account.get();
            results = results.with("uid", number(found.uid())).with("group", number(found.gid()))
                    .with("comment", found.comment()).with("home", found.home()).with("shell", found.shell());
        }
        if (now.key.isPresent() && now.key.get().there()) {
            SshKeyFact.Key key = now.key.get();
            Value later = new Unknown("the key would be made by this run");
            boolean known = !key.text().isEmpty() || !applied.predicted();
            results = results.with("ssh_key_file", key.path())
                    .with("ssh_public_key", known ? Value.text(key.text()) : later)
                    .with("ssh_fingerprint", known ? Value.text(key.fingerprint()) : later);
        }
        return Verdict.changed(changed, results);
    }
}
