package bramble.run;

import bramble.args.ShellSplit;
import bramble.connection.Connection;
import bramble.connection.Password;
import bramble.event.Event;
import bramble.inventory.Host;
import bramble.module.Change;
import bramble.playbook.Keyword;
import bramble.problem.Nearest;
import bramble.problem.Problem;
import bramble.problem.ProblemException;
import bramble.problem.Source;
import bramble.value.HomePath;
import bramble.value.UnknownValueException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** The nodes that a run has to do with, by address. Each is connected to when it is first needed. */
final class Nodes implements AutoCloseable {
    /** The kind of an address that a connection plugin alone can get to. */
    static final String PLUGIN = "plugin";
    /** The connections that are Bramble's own. */
    static final Set<String> OWN = Set.of("local", "smart", "ssh", "paramiko", "paramiko_ssh", "libssh", "chroot",
            "image",
            Address.OPENSSH);
    /** The variables that may have the password by which one logs in, the strongest first. */
    static final List<String> PASSWORDS = List.of("ansible_password", "ansible_ssh_pass", "ansible_ssh_password");
    private static final Set<String> WITHOUT_LOGIN = Set.of("local", "chroot", "image");
    private static final Set<String> THIS_MACHINE = Set.of("localhost", "127.0.0.1", "::1");

    /** What was done on the nodes: each deed counts when it begins and when it is over. */
    final AtomicLong deeds = new AtomicLong();
    private final Map<Address, Node> nodes = new ConcurrentHashMap<>();
    /** Those that are this machine. */
    private final Set<Node> local = ConcurrentHashMap.newKeySet();
    /** What a dry run would change on this machine, paths among it. */
    private final Set<String> here = ConcurrentHashMap.newKeySet();
    private final AtomicReference<Optional<Consumer<Event>>> listening = new AtomicReference<>(Optional.empty());
    /** What nobody has heard yet. */
    private final Queue<Event> early = new ConcurrentLinkedQueue<>();
    private final String holder;
    private final Connections connections;

    Nodes(String holder, Connections connections) {
        this.holder = holder;
        this.connections = connections;
    }

    /** From now on what happens on the way to nodes is told, and what was said so far of how they are reached. */
    void tellTo(Consumer<Event> listener) {
        listening.set(Optional.of(listener));
        for (Event event = early.poll(); event != null; event = early.poll()) {
            listener.accept(event);
        }
    }

    private void tell(Event event) {
        Optional<Consumer<Event>> listener = listening.get();
        listener.ifPresent(one -> one.accept(event));
        if (listener.isEmpty() && event instanceof Event.Reaching) {
            early.add(event);
        }
    }

    /** Ends what was opened to get there. */
    void forget(Address address) {
        Node node = nodes.remove(address);
        if (node != null) {
            node.close();
        }
    }

    /** @param keywords those of the task, unless it is delegated */
    Node node(World world, HostScope target, Optional<Keywords> keywords) {
        return node(world, address(world, target, keywords), target.host());
    }

    /** @param host the one who wants it; of the first is told how the node is reached */
    Node node(World world, Address address, String host) {
        return nodes.computeIfAbsent(address, key -> {
            Consumer<String> waiting = why -> tell(new Event.Waiting(Instant.now(), host, why));
            Consumer<String> told = what -> tell(new Event.Reaching(Instant.now(), host, what));
            var node = new Node(() -> connected(key, waiting, told), new NodeLock(holder,
                    key.bySsh(), who -> {
                        if (who.isEmpty()) {
                            waiting.accept("");
                        } else {
                            tell(new Event.Blocked(Instant.now(), host, who));
                        }
                    }), world.options.check(), told, deeds);
            if (key.kind().equals("local")) {
                local.add(node);
            }
            return node;
        });
    }

    /** Tasks of a dry run would change these things on the node. */
    void foresee(Node node, Stream<Change> changes) {
        if (local.contains(node)) {
            changes.map(Change::subject).forEach(here::add);
        }
    }

    /** Whether a task of the dry run would have made the file on this machine, or changed it. */
    boolean makesHere(String path) {
        return here.contains(path);
    }

    private Connection connected(Address address, Consumer<String> waiting, Consumer<String> told) {
        if (address.kind().equals(PLUGIN)) {
            throw new ProblemException(Source.NONE, "Tried to ask the node itself, but the connection plugin "
                    + address.host() + " takes whole tasks only.");
        }
        told.accept("ESTABLISH " + address.kind().toUpperCase(Locale.ROOT) + " CONNECTION FOR USER: "
                + address.user().orElse(address.bySsh() ? "None" : System.getProperty("user.name"))
                + (address.bySsh()
                        ? " TO " + address.host() + (address.port() > 0 ? " ON PORT " + address.port() : "")
                        : ""));
        if (!address.bySsh()) {
            return connections.to(address).get();
        }
        waiting.accept("connecting");
        Connection connection = connections.to(address).get();
        waiting.accept("");
        return connection;
    }

    void reset(World world, HostScope target) {
        Node node = nodes.get(address(world, target, Optional.empty()));
        if (node != null) {
            try {
                node.call(() -> {
                    node.reconnect();
                    return true;
                });
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Whether the name stands for this machine, which is reached without a connection: it does unless the inventory has it. */
    static boolean isThisMachine(World world, String host) {
        return THIS_MACHINE.contains(host) && world.inventory().host(host).map(Host::implicit).orElse(true);
    }

    static Address address(World world, HostScope target, Optional<Keywords> keywords) {
        Options.Login login = world.options.login();
        String kind = TaskPlace.connection(world, target, keywords);
        kind = kind.substring(kind.lastIndexOf('.') + 1);
        String host = host(world, target);
        boolean implicit = isThisMachine(world, target.host());
        if (implicit && TaskPlace.text(world, target, "ansible_connection").isEmpty()) {
            kind = "local";
        }
        return switch (kind) {
            case "local" ->
                new Address("local", implicit ? "localhost" : target.host(), 0, Optional.empty(), Optional.empty(),
                        Optional.empty(), true,
                        login.timeout(), List.of(), Optional.empty());
            case "smart", "ssh", "paramiko", "paramiko_ssh", "libssh" ->
                ssh("ssh", world, target, keywords, host);
            case Address.OPENSSH -> ssh(kind, world, target, keywords, host);
            case "chroot", "image" ->
                new Address(kind, host, 0, Optional.empty(), Optional.empty(), Optional.empty(), true,
                        login.timeout(), List.of(), Optional.empty());
            case String plugin when world.bringsConnection(TaskPlace.connection(world, target, keywords), target) ->
                new Address(PLUGIN, plugin, 0, Optional.empty(), Optional.empty(), Optional.empty(), true,
                        login.timeout(), List.of(), Optional.empty());
            default -> throw new ProblemException(Problem.error(Source.NONE, "Tried to reach " + target.host()
                    + " by the connection \"" + kind + "\", but there are only ssh, openssh, local, chroot and image.",
                    Nearest.hint(kind, List.of("ssh", "openssh", "local", "chroot", "image"))));
        };
    }

    /** Which machine is meant, for comparing: the connection, the host, the port and the user, without any secret. */
    static String whereabouts(World world, HostScope target, Optional<Keywords> keywords) {
        return String.join("\n", TaskPlace.connection(world, target, keywords), host(world, target),
                Integer.toString(port(world, target, keywords)), user(world, target, keywords).orElse(""));
    }

    private static String host(World world, HostScope target) {
        return TaskPlace.text(world, target, "ansible_host")
                .or(() -> TaskPlace.text(world, target, "ansible_ssh_host")).orElse(target.host());
    }

    private static Optional<String> user(World world, HostScope target, Optional<Keywords> keywords) {
        return TaskPlace.text(world, target, "ansible_user")
                .or(() -> TaskPlace.text(world, target, "ansible_ssh_user"))
                .or(() -> keywords.flatMap(k -> k.text(Keyword.REMOTE_USER))).or(world.options.login()::user);
    }

    private static Optional<String> password(World world, HostScope target) {
        Optional<String> password = PASSWORDS.stream().flatMap(name -> TaskPlace.text(world, target, name).stream())
                .findFirst().or(world.options.login()::password).filter(secret -> !secret.isEmpty());
        password.ifPresent(world.secrets::add);
        return password;
    }

    /**
     * How one would log in to a host, for checks before the run.
     *
     * @param user empty where ssh's configuration says it, or nobody logs in
     * @param password whether by a password; one that is still to be looked up counts
     */
    record Login(String user, boolean password) {}

    /** How one would log in to a host, before anything is looked up. */
    static Login login(World world, HostScope target, Optional<Keywords> keywords) {
        String kind = TaskPlace.connection(world, target, keywords);
        if (WITHOUT_LOGIN.contains(kind.substring(kind.lastIndexOf('.') + 1)) || isThisMachine(world, target.host())) {
            return new Login("", false);
        }
        boolean password;
        try {
            password = password(world, target).isPresent();
        } catch (ProblemException | UnknownValueException e) {
            password = true; // somebody gives one, whatever it will be
        }
        return new Login(user(world, target, keywords).orElse(""), password);
    }

    private static int port(World world, HostScope target, Optional<Keywords> keywords) {
        return TaskPlace.text(world, target, "ansible_port")
                .or(() -> TaskPlace.text(world, target, "ansible_ssh_port"))
                .or(() -> keywords.flatMap(k -> k.text(Keyword.PORT))).map(text -> portNumber(text, target))
                .orElse(world.options.login().port());
    }

    private static Address ssh(String kind, World world, HostScope target, Optional<Keywords> keywords, String host) {
        Options.Login login = world.options.login();
        Optional<String> user = user(world, target, keywords);
        int port = port(world, target, keywords);
        Optional<Password> password = password(world, target).map(Password::new);
        Optional<Path> key = TaskPlace.text(world, target, "ansible_ssh_private_key_file")
                .or(() -> TaskPlace.text(world, target, "ansible_private_key_file")).map(Nodes::home).or(login::key);
        boolean check = TaskPlace.variable(world, target, "ansible_host_key_checking")
                .or(() -> TaskPlace.variable(world, target, "ansible_ssh_host_key_checking")).flatMap(Keywords::bool)
                .orElse(login.checkHostKeys());
        Duration timeout = TaskPlace.text(world, target, "ansible_ssh_timeout")
                .or(() -> TaskPlace.text(world, target, "ansible_timeout"))
                .map(text -> Duration.ofSeconds(number(text, "timeout", target))).orElse(login.timeout());
        var arguments = new ArrayList<String>();
        arguments.addAll(said(world, target, "ansible_ssh_args", login.words().arguments()));
        arguments.addAll(said(world, target, "ansible_ssh_common_args", login.words().common()));
        arguments.addAll(said(world, target, "ansible_ssh_extra_args", login.words().extra()));
        return new Address(kind, host, port, user, password, key, check, timeout, arguments,
                TaskPlace.text(world, target, "ansible_ssh_executable").filter(text -> !text.isBlank())
                        .or(login.words()::program));
    }

    /** The words that a variable has; without it, those of the command line or the configuration. */
    private static List<String> said(World world, HostScope target, String name, List<String> otherwise) {
        return TaskPlace.text(world, target, name).map(text -> words(text, name)).orElse(otherwise);
    }

    private static int portNumber(String text, HostScope target) {
        int port = number(text, "port", target);
        if (port < 1 || port > 65_535) {
            throw new ProblemException(Source.NONE, "Tried to read the port to reach " + target.host() + " by, but \""
                    + text + "\" is none: ports are 1 to 65535.");
        }
        return port;
    }

    private static int number(String text, String what, HostScope target) {
        if (!text.strip().matches("\\d{1,9}")) {
            throw new ProblemException(Source.NONE,
                    "Tried to read the " + what + " to reach " + target.host() + " by, but \""
                            + text + "\" is no number.");
        }
        return Integer.parseInt(text.strip());
    }

    private static List<String> words(String text, String name) {
        try {
            return ShellSplit.words(text);
        } catch (IllegalArgumentException e) {
            throw new ProblemException(Source.NONE, "Tried to read " + name + ", but: " + e.getMessage() + ".");
        }
    }

    private static Path home(String path) {
        return Path.of(HomePath.expanded(path));
    }

    @Override
    public void close() {
        nodes.values().parallelStream().forEach(Node::close);
    }
}
