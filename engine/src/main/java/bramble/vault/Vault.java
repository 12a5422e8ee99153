package bramble.vault;

import bramble.problem.Problem;
import bramble.problem.ProblemException;
import bramble.problem.Source;
import bramble.value.Secrets;
import bramble.value.Text;
import bramble.value.Value;
import bramble.value.Vaulted;
import bramble.yaml.NodeValues;
import bramble.yaml.YamlReader;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.BiFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Opens and seals vault data with the passwords of one run, and makes each text that it opens known to the run's
 * {@link Secrets}. Keys are derived once for each password and salt. Any thread may use it.
 */
public final class Vault {
    /** How encrypted data begins. */
    public static final String MARK = Envelope.MARK;

    private static final int SALT = 32;

    private final List<Identity> identities;
    private final boolean strict;
    private final Secrets secrets;
    private final BiFunction<Identity, byte[], Keys> derive;
    private final Map<String, FutureTask<Keys>> keys = new ConcurrentHashMap<>();
    private final SecureRandom random = new SecureRandom();

    /**
     * @param identities in the order in which they are tried, after those whose label is that of the data
     * @param strict whether only identities with the label of the data are tried ({@code vault_id_match})
     */
    public Vault(List<Identity> identities, boolean strict, Secrets secrets) {
        this(identities, strict, secrets, Keys::derive);
    }

    /** @param derive makes the keys of a password and a salt */
    Vault(List<Identity> identities, boolean strict, Secrets secrets, BiFunction<Identity, byte[], Keys> derive) {
        this.derive = derive;
        this.identities = List.copyOf(identities);
        this.strict = strict;
        this.secrets = secrets;
    }

    /** A vault without any password: every attempt to open something says so. */
    public static Vault closed(Secrets secrets) {
        return new Vault(List.of(), false, secrets);
    }

    /** Whether a text is vault data as a whole. */
    public static boolean isVaulted(String text) {
        return text.startsWith(Envelope.MARK);
    }

    public List<Identity> identities() {
        return identities;
    }

    /** The secrets that this vault tells what it opens. */
    public Secrets secrets() {
        return secrets;
    }

    /**
     * The text of an inline {@code !vault} value, which is never evaluated as a template.
     *
     * @throws ProblemException where no password fits, or the data is damaged
     */
    public Value open(Vaulted vaulted) {
        String text = text(open(Envelope.parse(vaulted.envelope(), vaulted.source()), vaulted.source()),
                vaulted.source());
        secrets.add(text);
        return new Text(text);
    }

    /**
     * The text of a file that is encrypted as a whole; other text is returned as it is. Its lines become known to the
     * secrets, and if it is YAML, every text in it.
     *
     * @param file as messages shall name it
     */
    public String openFile(String text, String file) {
        if (!isVaulted(text)) {
            return text;
        }
        String opened = text(openBytes(text, file), Source.file(file));
        secrets.add(opened);
        try {
            YamlReader.read(opened, file, _ -> {}).forEach(document -> secrets.addAll(NodeValues.of(document)));
        } catch (ProblemException _) {
            // no YAML: its lines are known
        }
        return opened;
    }

    /** The bytes of an encrypted file, for those that hold no text; they are not made known to the secrets. */
    public byte[] openBytes(String text, String file) {
        Source source = Source.file(file);
        return open(Envelope.parse(text, source), source);
    }

    /** The bytes of an encrypted file; where they are a text, its lines become known to the secrets. */
    public byte[] openContent(String text, String file) {
        if (identities.isEmpty()) {
            throw new ProblemException(Source.file(file),
                    "A vault password or secret must be specified to decrypt " + file);
        }
        byte[] bytes = openBytes(text, file);
        try {
            secrets.add(StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString());
        } catch (CharacterCodingException _) {
            // nothing that would be shown
        }
        return bytes;
    }

    /** Who opens an encrypted text: the password that fits, under the label that the text has. */
    public Identity opener(String text, String file) {
        Source source = Source.file(file);
        Envelope envelope = Envelope.parse(text, source);
        return candidates(envelope).filter(identity -> keys(identity, envelope.salt()).open(envelope).isPresent())
                .findFirst().map(identity -> identity.labelled(envelope.label()))
                .orElseThrow(() -> new ProblemException(noMatch(envelope, source)));
    }

    /**
     * Derives the keys for many encrypted texts on all cores, so that opening them later takes no time. What can't be
     * opened is passed over: the problem belongs to the place where it is used.
     */
    public void prepare(Collection<String> envelopes) {
        envelopes.stream().distinct().toList().parallelStream().forEach(text -> {
            try {
                find(Envelope.parse(text, Source.NONE));
            } catch (ProblemException _) {
                // reported when it is used
            }
        });
    }

    /** Vault data for a text, with a fresh salt. The label {@code default} is not written, as in Ansible. */
    public String seal(byte[] plain, Identity identity) {
        byte[] salt = new byte[SALT];
        random.nextBytes(salt);
        String label = identity.label().equals(Identity.DEFAULT) ? "" : identity.label();
        return Keys.derive(identity, salt).seal(label, salt, plain).text();
    }

    private byte[] open(Envelope envelope, Source source) {
        return find(envelope).orElseThrow(() -> new ProblemException(noMatch(envelope, source)));
    }

    private Optional<byte[]> find(Envelope envelope) {
        return candidates(envelope).map(identity -> keys(identity, envelope.salt()).open(envelope))
                .flatMap(Optional::stream).findFirst();
    }

    private Stream<Identity> candidates(Envelope envelope) {
        if (envelope.label().isEmpty() && !strict) {
            return identities.stream();
        }
        String label = envelope.label().isEmpty() ? Identity.DEFAULT : envelope.label();
        return Stream.concat(identities.stream().filter(identity -> identity.label().equals(label)),
                strict ? Stream.empty() : identities.stream().filter(identity -> !identity.label().equals(label)));
    }

    private Keys keys(Identity identity, byte[] salt) {
        int password = IntStream.range(0, identities.size())
                .filter(i -> Arrays.equals(identities.get(i).password(), identity.password())).findFirst().orElse(-1);
        String name = password + ":" + HexFormat.of().formatHex(salt);
        var task = new FutureTask<>(() -> derive.apply(identity, salt));
        FutureTask<Keys> known = keys.putIfAbsent(name, task);
        try {
            if (known != null) {
                return known.get();
            }
            task.run();
            return task.get();
        } catch (ExecutionException e) {
            throw new IllegalStateException("deriving a key failed", e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while a key was derived", e);
        }
    }

    private Problem noMatch(Envelope envelope, Source source) {
        if (identities.isEmpty()) {
            return Problem.error(source, "Tried to decrypt vault data, but no vault password was given.",
                    "Give one with --ask-vault-pass, --vault-password-file or --vault-id.");
        }
        String tried = identities.stream().map(Identity::label).distinct().collect(Collectors.joining(", "));
        String label = envelope.label().isEmpty() ? "" : " It was encrypted for the vault id " + envelope.label() + ".";
        return Problem.error(source, "Tried to decrypt vault data, but no vault secret matched.",
                "Is the password right? Tried the vault ids: " + tried + "." + label);
    }

    private static String text(byte[] bytes, Source source) {
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
        } catch (CharacterCodingException _) {
            throw new ProblemException(source, "Tried to use decrypted vault data as text, but it is no UTF-8 text.");
        }
    }
}
