package bramble.cli;

import bramble.connection.PinnedHosts;
import bramble.image.BootPartition;
import bramble.image.BootSettings;
import bramble.image.Copied;
import bramble.image.Customisation;
import bramble.image.FirstBoot;
import bramble.image.FirstBoot.HostKey;
import bramble.image.Format;
import bramble.image.KeptKeys;
import bramble.image.KeyMaker;
import bramble.problem.Problem;
import bramble.problem.ProblemException;
import bramble.problem.Source;
import bramble.value.MapValue;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * What a node's image is to be told, and who the node is: its host key is known here before the node is born. First
 * {@link #customise}, then {@link #keep}, then the changes are applied, and then {@link #pin}.
 *
 * @param kept whether the key was made before
 */
record NodeImage(Session session, String node, FirstBoot wanted, BootSettings settings, Optional<Format> format,
        Set<String> names,
        KeptKeys keys, boolean kept) {

    /** Reads the inventory. */
    static NodeImage of(Session session, Launch launch, InventoryFlags flags, String node) {
        return of(session, launch, launch.files(flags), node);
    }

    /** The same of an inventory that was read already. */
    static NodeImage of(Session session, Launch launch, Launch.Sources sources, String node) {
        if (sources.inventory().host(node).isEmpty()) {
            throw new ProblemException(sources.noHost(node));
        }
        MapValue values = launch.variables(sources, node, session.folder(), NodeVariables::wanted);
        var variables = new NodeVariables(node, values,
                sources.inventory().besidePlaybook(session.folder().toString()), session.secrets());
        variables.warn(session::report);
        variables.check();
        var keys = new KeptKeys(Records.hostKeys(session.environment()), sources.vault(), KeyMaker.found());
        Optional<HostKey> there = variables.wantsHostKey() ? keys.of(node) : Optional.empty();
        Optional<HostKey> key = variables.wantsHostKey()
                ? there.or(() -> Optional.of(keys.fresh(node)))
                : Optional.empty();
        key.ifPresent(one -> session.hide(one.secret()));
        Optional<Path> authority = variables.authority()
                .map(file -> session.folder().resolve(Configuration.home(file)));
        Optional<HostKey> signed = key.map(one -> authority
                .map(file -> keys.certified(node, one, file, variables.names())).orElse(one));
        return new NodeImage(session, node, variables.firstBoot(signed), variables.bootSettings(),
                variables.format(), variables.names(),
                keys, there.isPresent());
    }

    /** Refuses nodes of which the network, and Bramble, would take one for the other. */
    static void refuseTwins(List<NodeImage> nodes) {
        for (int i = 0; i < nodes.size(); i++) {
            for (NodeImage other : nodes.subList(0, i)) {
                Set<String> shared = new TreeSet<>(nodes.get(i).names);
                shared.retainAll(other.names);
                if (!shared.isEmpty()) {
                    throw new ProblemException(Problem.error(Source.NONE, "Tried to make cards of " + other.node
                            + " and " + nodes.get(i).node + ", but both would be " + String.join(", ", shared) + ".",
                            "Give each a name and an address of its own: hostname_name, image_address, ansible_host."));
                }
            }
        }
    }

    /** Warns where nobody could log in to what a fresh image becomes. */
    void warnIfLockedOut() {
        if (wanted.user().isEmpty()) {
            session.report(Problem.warning(Source.NONE, "No user is made on " + node
                    + ": unless the image has one, nobody can log in.", "Say who by image_user or ansible_user."));
        }
        wanted.user().filter(user -> user.keys().isEmpty() && user.hash().isEmpty())
                .ifPresent(user -> session.report(Problem.warning(Source.NONE, "The user " + user.name() + " of "
                        + node + " gets neither a key nor a password: unless the image has some, nobody can log in.",
                        "Say them by users_list, or by image_keys and image_password.")));
    }

    /** Works out what is to be done with a boot partition; nothing is written. */
    Customisation customise(BootPartition partition) throws IOException {
        return Customisation.of(partition, wanted, settings, format);
    }

    /** The same for the copy of a system that has run. */
    Customisation customise(BootPartition partition, Copied copied) throws IOException {
        return Customisation.of(partition, wanted, settings, format, copied);
    }

    /** Tells what was done, or is to be. */
    void tell(Customisation work) {
        tell(work, false);
    }

    /** @param diff whether line by line */
    void tell(Customisation work, boolean diff) {
        tell(session, node, work, diff);
        if (!work.left().isEmpty()) {
            List<String> left = work.left().stream().map(FirstBoot.Wish::toString).toList();
            session.report(Problem.warning(Source.NONE, work.system().name() + " can't be told "
                    + String.join(", ", left) + " before it has started.",
                    "A playbook can do it afterwards, with the roles."));
        }
    }

    /**
     * Tells what becomes of a boot partition.
     *
     * @param name whose it is
     * @param diff whether line by line
     */
    static void tell(Session session, String name, Customisation work, boolean diff) {
        PrintStream out = session.out();
        out.println(name + ": " + work.system().name() + ", told by " + work.format()
                + (work.changes().isEmpty() ? "; nothing to change" : ""));
        for (Customisation.FileChange change : work.changes()) {
            out.println("  " + change.name() + (change.before().isEmpty()
                    ? " is new"
                    : change.after().isEmpty() ? " goes" : " changes"));
            if (diff) {
                out.print(new ImageDiff(session).of(change));
            }
        }
    }

    private boolean carried(Customisation work) {
        return wanted.hostKey().isPresent() && !work.left().contains(FirstBoot.Wish.HOST_KEY);
    }

    /** Keeps the host key, before anything of it is on a card. */
    void keep(Customisation work) {
        wanted.hostKey().filter(_ -> carried(work)).ifPresent(key -> keys.keep(node, key));
    }

    /** Has Bramble know the node by its key from now on; gives what there is to tell. */
    Optional<String> pin(Customisation work) {
        Path file = Records.pinned(session.environment());
        var pinned = new PinnedHosts(file);
        if (!carried(work)) {
            pinned.forget(node, names); // it will make a key itself, which nobody knows yet
            return Optional.empty();
        }
        HostKey key = wanted.hostKey().orElseThrow();
        boolean fresh = pinned.pin(node, names, key.bare(), key.certificate().map(HostKey.Certificate::authority));
        return Optional.of("its host key is " + fingerprint(key) + (kept ? ", as before" : ", made now")
                + (fresh ? "; Bramble knows it by " + String.join(", ", names) : ""));
    }

    private static String fingerprint(HostKey key) {
        try {
            byte[] blob = Base64.getDecoder().decode(key.bare().split(" ", -1)[1]);
            return "SHA256:" + Base64.getEncoder().withoutPadding()
                    .encodeToString(MessageDigest.getInstance("SHA-256").digest(blob));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
