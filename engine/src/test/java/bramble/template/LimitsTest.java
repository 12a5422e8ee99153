package bramble.template;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import bramble.problem.ProblemException;
import bramble.problem.Source;
import bramble.value.Template;
import bramble.value.Value;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Templates that ask for more than any machine has are refused in words, and at once. */
class LimitsTest {
    private static final Templates TEMPLATES = new Templates(value -> value);

    @ParameterizedTest
    @CsvSource(delimiterString = "=>", quoteCharacter = '`', value = {
        "{{ 'x' * 10**9 }} => too long", "{{ 'x' * 10**99 }} => too long", "{{ [0] * 10**9 }} => too long",
        "{{ range(10**9) | list }} => more than", "{{ 9 ** 999999999 }} => too", "{{ loop_in_itself }} => recursive",
        "{{ range(40) | permutations }} => more than 100000 arrangements",
        "{{ range(60) | combinations(30) }} => more than 100000 arrangements",
        "{{ range(60) | combinations(99) | length }}{{ range(3) | permutations(9) }}{{ range(2000) | product(range(2000)) }}"
                + " => more than 100000 arrangements",
        "{{ '%9999999999d' % 1 }} => too long", "{{ '%.999999999f' % 1 }} => too long",
        "{{ '{:>999999999}'.format(1) }} => too long", "{{ '{:.99999999999f}'.format(1) }} => too long",
        "{{ 'a'.ljust(2 * 10**9) }} => too long", "{{ 'a'.zfill(10**9) }} => too long",
        "{{ 'a' | indent(10**9, true) }} => too long", "{{ '%999999999Y' | strftime }} => too long",
        "{{ 'a' | comment(prefix_count=10**9) }} => too long",
        "{% for a in range(9**6) %}{% for b in range(9**6) %}{% endfor %}{% endfor %} => go round more than"})
    void refuses(String text, String why) {
        var scope = Scopes.of(Map.of("loop_in_itself",
                (Value) new Template("{{ loop_in_itself }}", new Source("f.yml", 1, 1))), Site.of(Path.of("")));
        var problem = assertThrows(ProblemException.class,
                () -> TEMPLATES.document(text, Source.NONE, DocumentOptions.FILE, scope));
        assertTrue(String.valueOf(problem.getMessage()).contains(why), problem.getMessage());
    }

    @ParameterizedTest
    @CsvSource({"(, )", "[, ]", "not(, )", "-(, )"})
    void takesDeepBracketsOrRefusesThem(String open, String close) {
        try {
            TEMPLATES.expression(open.repeat(20_000) + "1" + close.repeat(20_000), Source.NONE, Scopes.EMPTY);
        } catch (ProblemException e) {
            assertTrue(String.valueOf(e.getMessage()).length() < 10_000, e.getMessage());
        }
    }
}
