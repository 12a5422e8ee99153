package bramble.modules.packages;

import bramble.module.Fact;
import bramble.shell.Answer;
import bramble.shell.Sh;
import java.util.Optional;

/** Asks dpkg what is meant to become of a package; empty where it doesn't know the package. */
record SelectionFact(String name) implements Fact<Optional<String>> {
    @Override
    public Sh script() {
        return Sh.of("dpkg --get-selections {} 2>/dev/null; :", name);
    }

    @Override
    public Optional<String> parse(Answer answer) {
        return answer.text().lines().map(line -> line.strip().split("\\s+", -1)).filter(words -> words.length == 2)
                .map(words -> words[1]).findFirst();
    }
}
