package bramble.image;

import bramble.image.FirstBoot.HostKey;
import bramble.problem.FileTrouble;
import bramble.problem.Problem;
import bramble.problem.ProblemException;
import bramble.problem.Source;
import bramble.vault.Vault;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Collection;
import java.util.Optional;

/**
 * The host keys of nodes, so that a node is the same again on another card: a file for each, for its owner alone, encrypted if
 * there is a vault password.
 */
public final class KeptKeys {
    private final Path folder;
    private final Vault vault;
    private final KeyMaker maker;

    public KeptKeys(Path folder, Vault vault, KeyMaker maker) {
        this.folder = folder;
        this.vault = vault;
        this.maker = maker;
    }

    private Path file(String node) {
        return folder.resolve(node.replace('/', '_'));
    }

    /** The key that a node has, if it was made before. */
    public Optional<HostKey> of(String node) {
        Path file = file(node);
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        try {
            String text = Files.readString(file, StandardCharsets.UTF_8);
            return Optional.of(maker.read(Vault.isVaulted(text)
                    ? vault.openContent(text, file.toString())
                    : text.getBytes(StandardCharsets.UTF_8)));
        } catch (IOException e) {
            throw new ProblemException(Problem.error(Source.file(file.toString()),
                    "Tried to read the host key of " + node + ", but " + FileTrouble.why(e) + ".",
                    "Mend the file, or remove it: then the node gets another key."));
        }
    }

    /** One that is not kept yet. */
    public HostKey fresh(String node) {
        return maker.make("root@" + node);
    }

    /**
     * Keeps a node's key, and its certificate, if it has one.
     *
     * @throws ProblemException if the node has another one by now
     */
    public void keep(String node, HostKey key) {
        String secret = vault.identities().isEmpty()
                ? key.secret()
                : vault.seal(key.secret().getBytes(StandardCharsets.UTF_8), vault.identities().getFirst());
        if (!Files.exists(file(node))) {
            write(file(node), secret, false);
        }
        if (!of(node).map(HostKey::bare).equals(Optional.of(key.bare()))) {
            throw new ProblemException(Problem.error(Source.NONE, "Tried to keep the host key that was made for " + node
                    + ", but meanwhile another one was made for it.", "Do it again: the node gets that one."));
        }
        key.certificate().ifPresent(one -> write(certificate(node), one.text(), true));
    }

    private Path certificate(String node) {
        return folder.resolve(file(node).getFileName() + "-cert.pub");
    }

    /** With an authority's certificate for it: the one that is kept, if it says the same. */
    public HostKey certified(String node, HostKey key, Path authority, Collection<String> names) {
        Path file = certificate(node);
        try {
            String text = Files.readString(authority, StandardCharsets.UTF_8);
            HostKey signer = maker.read(Vault.isVaulted(text)
                    ? vault.openContent(text, authority.toString())
                    : text.getBytes(StandardCharsets.UTF_8));
            Optional<String> there = Files.exists(file) ? Optional.of(Files.readString(file)) : Optional.empty();
            String certificate = maker.certificate(key, there, signer, node, names);
            return new HostKey(key.secret(), key.open(),
                    Optional.of(new HostKey.Certificate(certificate, signer.bare())));
        } catch (IOException e) {
            throw new ProblemException(Source.file(authority.toString()), "Tried to sign the host key of " + node
                    + " by the authority's key, but " + FileTrouble.why(e) + ".");
        }
    }

    /** @param over whether in the place of what is there; else that stays */
    private void write(Path file, String text, boolean over) {
        try {
            if (!Files.isDirectory(folder)) {
                Files.createDirectories(folder);
                Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
            }
            Path fresh = Files.createTempFile(folder, ".new", ""); // for its owner alone
            try {
                Files.writeString(fresh, text);
                if (over) {
                    Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
                } else {
                    Files.createLink(file, fresh); // unlike a move, it never replaces what is there
                }
            } catch (FileAlreadyExistsException _) {
                // it stays
            } finally {
                Files.deleteIfExists(fresh);
            }
        } catch (IOException e) {
            throw new ProblemException(Source.NONE, "Tried to keep a host key in " + file + ", but "
                    + FileTrouble.why(e) + ".");
        }
    }
}
