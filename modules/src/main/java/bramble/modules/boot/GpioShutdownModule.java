package bramble.modules.boot;

import bramble.args.Arg;
import bramble.args.Doc;
import bramble.image.ConfigTxt;
import bramble.module.AnyModule;
import bramble.module.Applied;
import bramble.module.Fact;
import bramble.module.Forechecked;
import bramble.module.Forelooked;
import bramble.module.Inquiry;
import bramble.module.Plan;
import bramble.module.Platform;
import bramble.module.TaskModule;
import bramble.module.Verdict;
import bramble.modules.files.Place;
import bramble.modules.files.Presence;
import bramble.modules.files.TextEdit;
import bramble.value.MapValue;
import bramble.value.Value;
import com.google.auto.service.AutoService;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Locale;
import java.util.Optional;

/** {@code gpio_shutdown}: the power button of a Raspberry Pi. */
@AutoService(AnyModule.class)
public final class GpioShutdownModule
        implements
            TaskModule<GpioShutdownModule.Args, BootFiles>,
            Forechecked<GpioShutdownModule.Args>,
            Forelooked<GpioShutdownModule.Args> {
    private static final String OVERLAY = "gpio-shutdown";
    private static final int WAKES = 3; // the pin that wakes a halted Pi, the only one
    private static final int LAST_PIN = 27;

    /** The resistor that holds the pin while nobody presses. */
    public enum Pull {
        UP,
        DOWN,
        OFF
    }

    /**
     * The arguments of {@code gpio_shutdown}, with the overlay's own defaults.
     *
     * @see <a href="https://github.com/raspberrypi/firmware/blob/master/boot/overlays/README">The overlays' documentation</a>
     */
    @Doc(value = "Makes a pin of a Raspberry Pi its power button: pressed, the Pi shuts down. On GPIO 3, header pins 5 and 6, the same button wakes it. It counts from the next start on. A node that is known to be no Raspberry Pi is refused before any node is touched. Ansible has no such module.", collection = "bramble.builtin", example = """
            - name: A power button that has to be held for three seconds
              gpio_shutdown:
                pin: 3
                debounce: 3000
              notify: Restart the node
            """, returns = {
        "path: str: the config.txt", "line: str: the line of config.txt",
        "reboot_required: bool: whether it counts only from the next start on",
        "backup: str: where the old config.txt was kept"})
    public record Args(
            @Arg(value = "The pin, by its GPIO number, 0 to 27.", aliases = "gpio_pin", fallback = "3") int pin,
            @Arg(value = "The resistor that holds the pin while nobody presses: up for a button to ground, down for one to 3.3 V, off where the board has its own.", aliases = "gpio_pull", fallback = "up") Pull pull,
            @Arg(value = "How long it has to be held, in milliseconds.", fallback = "100") int debounce,
            @Arg(value = "Whether pressing connects the pin to ground.", name = "active_low", fallback = "true") boolean activeLow,
            @Arg(value = "Whether there is to be such a button; absent takes away the one of any pin.", fallback = "present") Presence state,
            @Arg(value = "The section of config.txt: all, or a filter like pi4.", fallback = "all") String section,
            @Arg(value = "The folder of config.txt; /boot/firmware, or where there is none /boot.", nodePath = true) Optional<String> folder,
            @Arg(value = "Whether the old file is kept under a name with the time.", fallback = "false") boolean backup) {

        /** What differs from the overlay's own defaults is said. */
        private String overlay() {
            var overlay = new StringBuilder(OVERLAY);
            overlay.append(pin == WAKES ? "" : ",gpio_pin=" + pin);
            overlay.append(activeLow ? "" : ",active_low=0");
            overlay.append(pull == Pull.UP ? "" : ",gpio_pull=" + pull.name().toLowerCase(Locale.ROOT));
            overlay.append(debounce == 100 ? "" : ",debounce=" + debounce);
            return overlay.toString();
        }

        private List<String> mistakes() {
            var mistakes = new ArrayList<String>();
            if (pin < 0 || pin > LAST_PIN) {
                mistakes.add("pin is a GPIO number from 0 to " + LAST_PIN + ", not " + pin
                        + " (header pin 5 is GPIO 3)");
            }
            if (debounce < 0) {
                mistakes.add("debounce is a time in milliseconds, not " + debounce);
            }
            return mistakes;
        }
    }

    @Override
    public String name() {
        return "gpio_shutdown";
    }

    @Override
    public Class<Args> args() {
        return Args.class;
    }

    @Override
    public List<Finding> findings(Map<String, Args> byHost) {
        return Forechecked.each(byHost, Args::mistakes);
    }

    @Override
    public Optional<Fact<Optional<String>>> lack(Args args) {
        return BoardFact.config(args.folder());
    }

    @Override
    public boolean mayBring(String told) {
        return BoardFact.mayCome(told);
    }

    @Override
    public Inquiry<BootFiles> inspect(Args args, Platform node) {
        return BootFiles.in(args.folder());
    }

    @Override
    public Plan plan(Args args, BootFiles actual) {
        List<String> mistakes = args.mistakes();
        if (!mistakes.isEmpty()) {
            return Plan.mistake(String.join("; ", mistakes));
        }
        if (actual.found().isEmpty()) {
            return new Plan.Refused(actual.missing());
        }
        TextEdit file = actual.found().get().config();
        var config = new ConfigTxt(file.text());
        if (args.state() == Presence.PRESENT) {
            config.overlays(args.section(), List.of(args.overlay()));
        } else {
            config.withoutOverlay(args.section(), OVERLAY);
        }
        return Plan.of(BootFiles.rewritten(file, config.text(), args.backup()));
    }

    /** What a button would not do although the file says it. */
    private static List<String> warnings(Args args, String config) {
        var warnings = new ArrayList<String>();
        if (args.state() == Presence.PRESENT && args.pin() != WAKES) {
            warnings.add("A button on GPIO " + args.pin() + " shuts the Pi down, but only GPIO " + WAKES
                    + " (header pin 5) wakes it.");
        }
        boolean i2c = config.lines().map(String::strip)
                .anyMatch(line -> line.matches("dtparam=(.*,)?i2c(_arm|1)?(=(on|yes|1).*|,.*)?"));
        if (args.state() == Presence.PRESENT && i2c && (args.pin() == 2 || args.pin() == WAKES)) {
            warnings.add(
                    "I2C is on (dtparam=i2c_arm) and uses GPIO 2 and 3 too: one of them will not work. Turn I2C off, or give "
                            + "the button another pin.");
        }
        return warnings;
    }

    @Override
    public Verdict judge(Args args, BootFiles before, Applied<BootFiles> applied) {
        Verdict plain = TaskModule.super.judge(args, before, applied);
        TextEdit file = before.found().orElseThrow().config();
        MapValue results = MapValue.of("path", file.path(), "reboot_required", plain.changed());
        if (args.state() == Presence.PRESENT) {
            results = results.with("line", "dtoverlay=" + args.overlay());
        }
        results = Place.withBackup(results, applied);
        List<String> warnings = warnings(args, file.text());
        return plain.with(warnings.isEmpty() ? results : results.with("warnings", Value.texts(warnings)));
    }
}
