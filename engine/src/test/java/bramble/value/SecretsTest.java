package bramble.value;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.CharRange;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SecretsTest {
    @ParameterizedTest
    @CsvSource(quoteCharacter = '\'', value = {
        "hunter22, the password is ********!",
        "nothing here, nothing here",
        "hunter222 and hunter22, ******** and ********",
        "abc, ********",
        "xabcx, xabcx",
        "'{\"msg\": \"say \\\"hi\\\" twice\"}', '{\"msg\": \"********\"}'",
        "a long line of a key|short, ********|short",
        "short, short",
        "first+second, ********",
        "raspberry, ********",
        "raspberrypi blueraspberry raspberry_pi 2raspberry, raspberrypi blueraspberry raspberry_pi 2raspberry",
        "'pi:raspberry@node, (raspberry)', 'pi:********@node, (********)'",
        "mysql -praspberry -Praspberry x-praspberry, mysql -p******** -P******** x-praspberry",
        "'a\nraspberry raspberry%3araspberry', 'a\n******** ********%3a********'",
        "'cmFzcGJlcnJ5 cmFzcGJlcnJ5cGk=', '******** cmFzcGJlcnJ5cGk='",
        "xg7w2kd94hfq81ms5x, x********x",
        "xg7w2kx, xg7w2kx",
        "xtok9x2x, x********x",
        "pin 4711 in 47110 of 14711, pin ******** in 47110 of 14711",
        "815 is short, 815 is short",
        "say \\\"hi\\\" twice, ********",
        "'''it''\"''\"''s one''', '''********'''",
        "'''it''\\''''s one''', '''********'''",
        "'[''it\\''s one'']', '[''********'']'",
        "?it%27s%20one&it%27s+one, ?********&********",
        "aXQncyBvbmU=, ********",
        "hunter2, hunter2"})
    void everySecretIsMaskedAndNothingElse(String text, String masked) {
        var secrets = new Secrets();
        List.of("hunter22", "hunter222", "abc", "say \"hi\" twice", "a long line of a key\nshort\n", "first+s",
                "+second", "it's one", "raspberry", "g7w2kd94hfq81ms5", "g7w2k", "tok9x2", " ", "")
                .forEach(secrets::add);
        secrets.addAll(ListValue.of(Value.of(4711), Value.of(815)));
        assertEquals(masked, secrets.mask(text.equals("hunter22") ? "the password is hunter22!" : text));
    }

    @Test
    void everyTextInAValueIsASecret() {
        var secrets = new Secrets();
        secrets.addAll(MapValue.of("user", "anna-maria", "list", List.of("p4ssword", 5432, 22)));
        assertEquals(MapValue.of("a", "by ********", "b", List.of("********", 22, 54321)),
                secrets.mask(MapValue.of("a", "by p4ssword", "b", List.of(5432, 22, 54321))));
    }

    @Property(tries = 300)
    void noSecretRemains(
            @ForAll @Size(max = 8) List<@CharRange(from = '+', to = '.') @StringLength(min = 4, max = 7) String> known,
            @ForAll @CharRange(from = '+', to = '.') @StringLength(max = 60) String text) {
        var secrets = new Secrets();
        known.forEach(secrets::add);
        String masked = secrets.mask(text);
        known.forEach(secret -> assertFalse(masked.contains(secret), () -> secret + " in " + masked));
    }
}
