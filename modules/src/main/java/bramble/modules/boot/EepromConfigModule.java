package bramble.modules.boot;

import bramble.args.Arg;
import bramble.args.Doc;
import bramble.module.Action;
import bramble.image.ConfigTxt;
import bramble.module.AnyModule;
import bramble.module.Applied;
import bramble.module.Change;
import bramble.module.Diff;
import bramble.module.Effect;
import bramble.module.Fact;
import bramble.module.Forechecked;
import bramble.module.Forelooked;
import bramble.module.Inquiry;
import bramble.module.Plan;
import bramble.module.Platform;
import bramble.module.TaskModule;
import bramble.module.Verdict;
import bramble.modules.files.CommandFact;
import bramble.modules.files.Presence;
import bramble.shell.Content;
import bramble.shell.Sh;
import bramble.value.MapValue;
import bramble.value.PythonText;
import com.google.auto.service.AutoService;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** {@code eeprom_config}: what the boot loader of a Raspberry Pi 4 or later does. */
@AutoService(AnyModule.class)
public final class EepromConfigModule
        implements
            TaskModule<EepromConfigModule.Args, Optional<EepromFact.Settings>>,
            Forechecked<EepromConfigModule.Args>,
            Forelooked<EepromConfigModule.Args> {
    private static final String TOOL = "rpi-eeprom-config";

    /**
     * The arguments of {@code eeprom_config}.
     *
     * @see <a href="https://www.raspberrypi.com/documentation/computers/raspberry-pi.html#raspberry-pi-bootloader-configuration">The
     *      boot loader's documentation</a>
     */
    @Doc(value = "Sets what the boot loader of a Raspberry Pi 4 or later does: where it starts from, whether GPIO 3 wakes it, whether it powers off on halt. The tool rpi-eeprom-config makes an update of it, which the next start puts in. A node that is known to be no Raspberry Pi is refused before any node is touched. Ansible has no such module.", collection = "bramble.builtin", example = """
            - name: Start from the card, then the network; draw no power when halted
              eeprom_config:
                settings:
                  BOOT_ORDER: "0xf21"
                  WAKE_ON_GPIO: 0
                  POWER_OFF_ON_HALT: 1
              notify: Restart the node
            """, returns = {
        "settings: str: all settings, as they are once the node has restarted",
        "reboot_required: bool: whether an update waits for the next start"})
    public record Args(@Arg("Settings, by their names.") MapValue settings,
            @Arg(value = "The section that they are in: all, or a filter like pi4.", fallback = "all") String section,
            @Arg(value = "Whether they are to be there, or left to the boot loader's own defaults.", fallback = "present") Presence state) {
        private List<String> mistakes() {
            return settings.entries().entrySet().stream()
                    .map(one -> PythonText.of(one.getKey()) + "=" + PythonText.of(one.getValue()))
                    .filter(line -> !line.matches("[A-Z][A-Z0-9_]*=[^\\n]*"))
                    .map(line -> "settings have names in capitals, as rpi-eeprom-config shows them, and values of one"
                            + " line, which is not so of '" + line.replace("\n", "\\n") + "'")
                    .toList();
        }
    }

    @Override
    public String name() {
        return "eeprom_config";
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
        return Optional.of(BoardFact.or(List.of(TOOL), "there is no " + TOOL));
    }

    @Override
    public boolean mayBring(String told) {
        return BoardFact.mayCome(told);
    }

    @Override
    public Inquiry<Optional<EepromFact.Settings>> inspect(Args args, Platform node) {
        return Inquiry.of(new EepromFact());
    }

    @Override
    public Plan plan(Args args, Optional<EepromFact.Settings> actual) {
        List<String> mistakes = args.mistakes();
        if (!mistakes.isEmpty()) {
            return Plan.mistake(String.join("; ", mistakes));
        }
        if (actual.isEmpty()) {
            return new Plan.Refused(new CommandFact(TOOL).sentence("set the boot loader", "rpi-eeprom"));
        }
        EepromFact.Settings now = actual.get();
        if (!now.error().isEmpty()) {
            return new Plan.Refused("Tried to read the boot loader's settings, but " + TOOL + " says: " + now.error());
        }
        var config = new ConfigTxt(now.text());
        args.settings().entries().forEach((name, value) -> config.set(args.section(), PythonText.of(name),
                Optional.of(PythonText.of(value)).filter(_ -> args.state() == Presence.PRESENT)));
        String text = config.text().strip() + "\n";
        if (text.equals(now.text())) {
            return Plan.NOTHING;
        }
        Sh apply = Sh.raw(
                "b_f=$(mktemp) && cat >\"$b_f\" && rpi-eeprom-config --apply \"$b_f\"; b_r=$?; rm -f \"$b_f\"; exit $b_r");
        return Plan.of(new Change("boot loader", Diff.text("boot loader", now.text(), text),
                List.of(new Action.Run(apply, Content.text(text))),
                List.of(Effect.becomes(new EepromFact(), Optional.of(new EepromFact.Settings(text, true, ""))))));
    }

    @Override
    public Verdict judge(Args args, Optional<EepromFact.Settings> before,
            Applied<Optional<EepromFact.Settings>> applied) {
        Verdict plain = TaskModule.super.judge(args, before, applied);
        Optional<EepromFact.Settings> after = applied.after().get();
        return plain.with(MapValue.of("settings", after.orElseThrow().text(),
                "reboot_required", after.orElseThrow().waits()));
    }
}
