package bramble.modules.keys;

import bramble.image.FirstBoot.HostKey;
import bramble.image.KeyMaker;
import com.google.auto.service.AutoService;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/** The host keys of nodes that are still to be born. */
@AutoService(KeyMaker.class)
public final class HostKeyMaker implements KeyMaker {
    @Override
    public HostKey make(String comment) {
        return of(SshKey.generate(SshPublicKey.Kind.ED25519, 256, comment));
    }

    private static HostKey of(SshKey key) {
        return new HostKey(key.text(Optional.empty()), key.open().line(key.comment()), Optional.empty());
    }

    @Override
    public HostKey read(byte[] file) throws IOException {
        SshKey key = key(file);
        return new HostKey(new String(file, StandardCharsets.UTF_8), key.open().line(key.comment()), Optional.empty());
    }

    private static SshKey key(byte[] file) throws IOException {
        return switch (SshKey.read(file, Optional.empty())) {
            case SshKey.Read.Fine fine -> fine.key();
            case SshKey.Read.Broken(String why, _) -> throw new IOException(why);
        };
    }

    @Override
    public String certificate(HostKey key, Optional<String> there, HostKey authority, String id,
            Collection<String> names) throws IOException {
        SshKey signer = key(authority.secret().getBytes(StandardCharsets.UTF_8));
        SshPublicKey.Line line = SshPublicKey.Line.of(key.open().getBytes(StandardCharsets.UTF_8)).orElseThrow();
        var terms = new SshCertificate.Terms(true, BigInteger.ZERO, id, List.copyOf(names),
                SshCertificate.Terms.ALWAYS, SshCertificate.forever(), new TreeMap<>(), new TreeMap<>());
        return there.filter(text -> SshCertificate.read(text.getBytes(StandardCharsets.UTF_8))
                .filter(one -> one.isOf(line.key()) && one.terms().equals(terms) && one.signer().equals(signer.open()))
                .isPresent())
                .orElseGet(() -> SshCertificate.signed(line, terms, signer, SshCertificate.usual(signer.open())));
    }
}
