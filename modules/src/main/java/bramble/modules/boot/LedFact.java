package bramble.modules.boot;

import bramble.module.Fact;
import bramble.shell.Answer;
import bramble.shell.Sh;
import java.util.List;
import java.util.Optional;

/**
 * Asks what a light shows.
 *
 * @param folder of the lights, /sys/class/leds
 * @param names the light's names: newer kernels call it otherwise than older ones
 */
record LedFact(String folder, List<String> names) implements Fact<Optional<LedFact.Led>> {
    /**
     * A light.
     *
     * @param triggers what it can show
     * @param trigger what it shows now
     */
    record Led(String path, List<String> triggers, String trigger, String brightness) {}

    @Override
    public Sh script() {
        return Sh.of("""
                for b_n in {}; do
                  [ -r {}/"$b_n"/trigger ] || continue
                  cd {}/"$b_n" && pwd && cat trigger brightness
                  break
                done""", names, folder, folder);
    }

    @Override
    public Optional<Led> parse(Answer answer) {
        List<String> lines = answer.text().lines().toList();
        if (lines.size() < 2) {
            return Optional.empty();
        }
        List<String> triggers = List.of(lines.get(1).strip().split("\\s+"));
        String now = triggers.stream().filter(word -> word.startsWith("[")).findFirst().orElse("[none]");
        return Optional.of(new Led(lines.getFirst(), triggers.stream().map(LedFact::bare).toList(), bare(now),
                lines.size() > 2 ? lines.get(2).strip() : ""));
    }

    private static String bare(String word) {
        return word.startsWith("[") ? word.substring(1, word.length() - 1) : word;
    }
}
