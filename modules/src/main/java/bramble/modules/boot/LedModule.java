package bramble.modules.boot;

import bramble.args.Arg;
import bramble.args.Doc;
import bramble.image.ConfigTxt;
import bramble.module.Action;
import bramble.module.AnyModule;
import bramble.module.Applied;
import bramble.module.Change;
import bramble.module.Diff;
import bramble.module.Effect;
import bramble.module.Fact;
import bramble.module.Forelooked;
import bramble.module.Inquiry;
import bramble.module.Plan;
import bramble.module.Platform;
import bramble.module.TaskModule;
import bramble.module.Verdict;
import bramble.modules.files.TextEdit;
import bramble.shell.Sh;
import bramble.value.MapValue;
import com.google.auto.service.AutoService;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** {@code led}: a light of a Raspberry Pi's board. */
@AutoService(AnyModule.class)
public final class LedModule
        implements
            TaskModule<LedModule.Args, LedModule.State>,
            Forelooked<LedModule.Args> {
    /** Which light. */
    public enum Which {
        /** The green one. */
        ACT("led0"),
        /** The red one. */
        PWR("led1");

        private final String old; // what kernels before 6 call it

        Which(String old) {
            this.old = old;
        }

        private List<String> names() {
            return List.of(name(), old);
        }
    }

    /** The arguments of {@code led}. */
    @Doc(value = "Sets what a light of a Raspberry Pi's board shows, at once and from each start on. A node that is known to be no Raspberry Pi is refused before any node is touched. Ansible has no such module.", collection = "bramble.builtin", example = """
            - name: A heartbeat that can be seen from the door
              led:
                name: act
                trigger: heartbeat
            """, returns = {
        "trigger: str: what it shows"})
    public record Args(@Arg("The green light, act, or the red one, pwr.") Which name,
            @Arg("What it shows: heartbeat, mmc0, cpu, default-on, none and what else the kernel has.") String trigger,
            @Arg(value = "Whether it is to show that from each start on: by dtparam in config.txt.", fallback = "true") boolean persistent,
            @Arg(value = "The folder of config.txt; /boot/firmware, or where there is none /boot.", nodePath = true) Optional<String> folder,
            @Arg(value = "The folder of the kernel's lights.", fallback = "/sys/class/leds", nodePath = true) String leds) {

        private LedFact fact() {
            return new LedFact(leds, name.names());
        }

        private String missing() {
            return leds + " has neither " + String.join(" nor ", name.names());
        }
    }

    /** What is known of it. */
    public record State(Optional<LedFact.Led> led, BootFiles files) {}

    @Override
    public String name() {
        return "led";
    }

    @Override
    public Class<Args> args() {
        return Args.class;
    }

    @Override
    public Optional<Fact<Optional<String>>> lack(Args args) {
        return args.persistent()
                ? BoardFact.config(args.folder())
                : Optional.of(BoardFact
                        .or(args.name().names().stream().map(name -> args.leds() + "/" + name).toList(),
                                args.missing()));
    }

    @Override
    public boolean mayBring(String told) {
        return BoardFact.mayCome(told);
    }

    @Override
    public Inquiry<State> inspect(Args args, Platform node) {
        return Inquiry.of(args.fact()).and(BootFiles.in(args.folder()), State::new);
    }

    @Override
    public Plan plan(Args args, State actual) {
        if (actual.led.isEmpty()) {
            return new Plan.Refused("Tried to set the light " + args.name() + ", but " + args.missing());
        }
        LedFact.Led led = actual.led.get();
        if (!led.triggers().contains(args.trigger())) {
            return new Plan.Refused("trigger is one of " + String.join(", ", led.triggers()) + " on this node, not "
                    + args.trigger());
        }
        var changes = new ArrayList<Change>();
        if (!led.trigger().equals(args.trigger())) {
            changes.add(new Change(led.path(),
                    Diff.text(led.path() + "/trigger", led.trigger() + "\n", args.trigger() + "\n"),
                    List.of(new Action.Run(Sh.of("printf '%s\\n' {} >{}", args.trigger(), led.path() + "/trigger"))),
                    List.of(Effect.becomes(args.fact(),
                            Optional.of(new LedFact.Led(led.path(), led.triggers(), args.trigger(),
                                    led.brightness()))))));
        }
        if (args.persistent()) {
            if (actual.files.found().isEmpty()) {
                return new Plan.Refused(actual.files.missing());
            }
            TextEdit file = actual.files.found().get().config();
            var config = new ConfigTxt(file.text());
            config.dtparam(ConfigTxt.ALL, args.name() == Which.ACT ? "act_led_trigger" : "pwr_led_trigger",
                    Optional.of(args.trigger()));
            changes.addAll(BootFiles.rewritten(file, config.text(), false));
        }
        return Plan.of(changes);
    }

    @Override
    public Verdict judge(Args args, State before, Applied<State> applied) {
        Verdict plain = TaskModule.super.judge(args, before, applied);
        return plain.with(MapValue.of("trigger", args.trigger()));
    }
}
