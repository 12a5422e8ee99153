package bramble.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SyntaxTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', nullValues = "-", textBlock = """
            site.yml                      | words=[site.yml]
            -b site.yml -K                | b K words=[site.yml]
            -bKvvv site.yml               | b K v v v words=[site.yml]
            -bu root x                    | b u=root words=[x]
            -uroot x                      | u=root words=[x]
            --user root x                 | u=root words=[x]
            --user=a=b x                  | u=a=b words=[x]
            --user= x                     | u= words=[x]
            --us root x                   | u=root words=[x]
            --become x                    | b words=[x]
            --become-p x                  | K words=[x]
            x -- -b --user                | words=[x, -b, --user]
            - x                           | words=[-, x]
            -u -b x                       | u=-b words=[x]
            -f 7 x                        | f=7 words=[x]
            -f seven x                    | argument -f/--forks: expected a whole number, but found "seven"
            --be x                        | ambiguous option: --be could be --become, --become-pass
            --usr root x                  | there is no option --usr. Did you mean "--user"?
            -q x                          | there is no option -q
            --become=yes x                | argument --become takes no value
            x --user                      | argument --user: expected a value
            -b                            | the following arguments are required: PLAYBOOK
            """)
    void readsFlagsAndWordsAsGnuDoes(String line, String expected) {
        var seen = new ArrayList<String>();
        var words = new ArrayList<String>();
        var syntax = new Syntax().flag(() -> seen.add("b"), "become", "-b", "--become")
                .flag(() -> seen.add("K"), "ask", "-K", "--become-pass")
                .flag(() -> seen.add("v"), "tell more", "-v")
                .value(text -> seen.add("u=" + text), "USER", "who", "-u", "--user")
                .number(number -> seen.add("f=" + number), "N", "how many", "-f", "--forks")
                .words(words::add, "PLAYBOOK", true);
        String said;
        try {
            syntax.read(Arrays.asList(line.split(" +", -1)));
            seen.add("words=" + words);
            said = String.join(" ", seen);
        } catch (UsageException e) {
            said = String.valueOf(e.getMessage());
        }
        assertEquals(expected, said);
    }

    @ParameterizedTest
    @CsvSource({"x y,unrecognized arguments: y", "x,''"})
    void refusesMoreWordsThanItTakes(String line, String expected) {
        String said = "";
        try {
            new Syntax().optionalWord(_ -> {}, "GROUP").read(List.of(line.split(" ", -1)));
        } catch (UsageException e) {
            said = String.valueOf(e.getMessage());
        }
        assertEquals(expected, said);
    }
}
