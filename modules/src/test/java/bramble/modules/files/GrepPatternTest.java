package bramble.modules.files;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which of Python's expressions a node's grep can be given, and as what. */
class GrepPatternTest {
    @ParameterizedTest
    @CsvSource(delimiter = '~', nullValues = "-", textBlock = """
            error~error
            .*ERROR: disk~.*ERROR: disk
            .*?(?:failed|lost)+ in [a-z0-9_]+~.*(failed|lost)+ in [a-z0-9_]+
            192\\.168\\.0\\.1~192\\.168\\.0\\.1
            \\<a\\>\\-b~<a>-b
            é.*~é.*
            é*~-
            a.c~-
            a\\d~-
            (?i)error~-
            ^a~-
            a$~-
            a{2}~-
            a++~-
            [^a]~-
            [[:alpha:]]~-
            []a]~-
            (a|)~-
            |a~-
            a|~-
            ()~-
            a\\nb~-
            """)
    void takesWhatMeansTheSame(String python, String grep) {
        assertEquals(Optional.ofNullable(grep), GrepPattern.anywhere(python));
    }
}
