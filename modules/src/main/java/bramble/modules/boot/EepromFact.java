package bramble.modules.boot;

import bramble.module.Fact;
import bramble.shell.Answer;
import bramble.shell.Sh;
import java.util.Optional;

/**
 * Asks for the boot loader's settings: those that the next start puts into the EEPROM, or, where nothing waits for that, those
 * that are in it. Empty where the node has no {@code rpi-eeprom-config}.
 */
record EepromFact() implements Fact<Optional<EepromFact.Settings>> {
    /**
     * Settings.
     *
     * @param text a line each
     * @param waits whether they are put in at the next start
     * @param error what the tool complained about, a board without such an EEPROM say
     */
    record Settings(String text, boolean waits, String error) {}

    @Override
    public Sh script() {
        return Sh.raw("""
                command -v rpi-eeprom-config >/dev/null || exit 0
                for b_f in /boot/firmware/pieeprom.upd /boot/pieeprom.upd; do
                  [ ! -f "$b_f" ] || { echo waits; rpi-eeprom-config "$b_f"; exit; }
                done
                echo now; rpi-eeprom-config""");
    }

    @Override
    public Optional<Settings> parse(Answer answer) {
        String text = answer.text();
        int first = text.indexOf('\n') + 1;
        if (first == 0) {
            return Optional.empty();
        }
        return Optional
                .of(new Settings(answer.ok() ? text.substring(first).strip() + "\n" : "", text.startsWith("waits"),
                        answer.ok()
                                ? ""
                                : answer.errors().strip().isEmpty()
                                        ? "it ended with " + answer.status()
                                        : answer.errors().strip()));
    }
}
