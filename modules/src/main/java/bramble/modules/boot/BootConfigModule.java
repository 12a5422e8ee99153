package bramble.modules.boot;

import bramble.args.Arg;
import bramble.args.Doc;
import bramble.image.Cmdline;
import bramble.image.ConfigTxt;
import bramble.module.AnyModule;
import bramble.module.Applied;
import bramble.module.Change;
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
import bramble.value.Bool;
import bramble.value.ListValue;
import bramble.value.MapValue;
import bramble.value.PythonText;
import bramble.value.Value;
import com.google.auto.service.AutoService;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** {@code boot_config}: a Raspberry Pi's config.txt and cmdline.txt. */
@AutoService(AnyModule.class)
public final class BootConfigModule
        implements
            TaskModule<BootConfigModule.Args, BootFiles>,
            Forechecked<BootConfigModule.Args>,
            Forelooked<BootConfigModule.Args> {

    /** The arguments of {@code boot_config}. */
    @Doc(value = "Keeps settings in a Raspberry Pi's config.txt, in the section where they belong, and words in its cmdline.txt, which stays one line. They count from the next start on. A node that is known to be no Raspberry Pi is refused before any node is touched. Ansible has no such module.", collection = "bramble.builtin", example = """
            - name: A headless Pi with I2C, ready for k3s
              boot_config:
                settings: {gpu_mem: 16}
                dtparam: {i2c_arm: on}
                dtoverlay: ["w1-gpio,gpiopin=4"]
                cmdline: [cgroup_memory=1, cgroup_enable=memory]
              notify: Restart the node
            """, returns = {
        "path: str: the config.txt", "reboot_required: bool: whether something counts only from the next start on",
        "backup: str: where the old config.txt was kept"})
    public record Args(
            @Arg("Settings of config.txt, by their names. The pins of gpio are part of its name: gpio=4.") Optional<MapValue> settings,
            @Arg("Parameters of the board's own device tree, by their names. They are kept apart from those of overlays.") Optional<MapValue> dtparam,
            @Arg(value = "Overlays, each with its parameters as they stand in the file. One that is there with other parameters gets these.", fallback = "[]") List<String> dtoverlay,
            @Arg(value = "The section of config.txt: all, or a filter like pi4.", fallback = "all") String section,
            @Arg(value = "Words of cmdline.txt. Another value of the same parameter goes, unless the kernel takes several, as it does of console.", fallback = "[]") List<String> cmdline,
            @Arg(value = "Words that cmdline.txt is not to have; a parameter with an equals sign at its end for any value.", name = "cmdline_absent", fallback = "[]") List<String> cmdlineAbsent,
            @Arg(value = "Whether all these are to be there, or gone; with absent, the values don't matter.", fallback = "present") Presence state,
            @Arg(value = "The folder of both files; /boot/firmware, or where there is no config.txt /boot.", nodePath = true) Optional<String> folder,
            @Arg(value = "Whether the old files are kept under names with the time.", fallback = "false") boolean backup) {

        private static Map<String, Value> named(Optional<MapValue> map) {
            var named = new LinkedHashMap<String, Value>();
            map.ifPresent(given -> given.entries().forEach((name, value) -> named.put(PythonText.of(name), value)));
            return named;
        }

        private List<String> mistakes() {
            var mistakes = new ArrayList<String>();
            Stream.concat(cmdline.stream(), cmdlineAbsent.stream())
                    .filter(one -> one.isBlank() || one.matches("(?s).*\\s.*")).forEach(word -> mistakes
                            .add("cmdline takes words without spaces, as a list, not '" + word + "'"));
            if (section.isBlank() || section.contains("[") || section.contains("]")) {
                mistakes.add("section is a filter without its brackets, all or pi4 say, not '" + section + "'");
            }
            named(settings).keySet().stream().filter(name -> name.equals("dtparam") || name.equals("dtoverlay"))
                    .forEach(own -> mistakes.add("settings: " + own
                            + " can stand several times; give it as the argument " + own));
            Stream.of(named(settings).keySet().stream().filter(name -> name.matches(".*\\s.*")),
                    Stream.of(named(settings).keySet().stream(), named(dtparam).keySet().stream(), dtoverlay.stream())
                            .flatMap(names -> names)
                            .filter(name -> name.isBlank() || name.matches("(?s).*[\\n#].*")))
                    .flatMap(names -> names).distinct()
                    .forEach(name -> mistakes.add("config.txt can't have a setting named '"
                            + name.replace("\n", "\\n") + "'"));
            Stream.of(named(settings), named(dtparam)).flatMap(map -> map.entrySet().stream())
                    .filter(one -> !scalar(one.getValue())).forEach(one -> mistakes.add(one.getKey()
                            + " is a number, a text, true or false, not " + PythonText.repr(one.getValue())));
            return mistakes;
        }

        private static boolean scalar(Value value) {
            return !(value instanceof MapValue) && !(value instanceof ListValue)
                    && !PythonText.of(value).contains("\n");
        }
    }

    @Override
    public String name() {
        return "boot_config";
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
        BootFiles.Pair files = actual.found().get();
        var changes = new ArrayList<Change>();
        var config = new ConfigTxt(files.config().text());
        edit(args, config);
        List<String> tooLong = config.tooLong().stream().filter(line -> !files.config().text().contains(line)).toList();
        if (!tooLong.isEmpty()) {
            return new Plan.Refused(
                    "The firmware reads " + ConfigTxt.LONGEST + " characters of a line of config.txt, and "
                            + "'" + tooLong.getFirst() + "' has " + tooLong.getFirst().length());
        }
        changes.addAll(BootFiles.rewritten(files.config(), config.text(), args.backup()));
        if (!args.cmdline().isEmpty() || !args.cmdlineAbsent().isEmpty()) {
            if (!files.cmdline().exists()) {
                return new Plan.Refused("Tried to set the kernel's parameters, but there is no "
                        + files.cmdline().path());
            }
            if (files.cmdline().text().strip().lines().count() > 1) {
                return new Plan.Refused("Tried to set the kernel's parameters, but " + files.cmdline().path()
                        + " has several lines, of which the firmware reads the first alone: mend it by hand first");
            }
            changes.addAll(BootFiles.rewritten(files.cmdline(), words(args, files.cmdline().text()), args.backup()));
        }
        return Plan.of(changes);
    }

    private static void edit(Args args, ConfigTxt config) {
        boolean present = args.state() == Presence.PRESENT;
        Args.named(args.settings()).forEach((name, value) -> config.set(args.section(), name,
                Optional.of(text(value, "1", "0")).filter(_ -> present)));
        Args.named(args.dtparam()).forEach((name, value) -> config.dtparam(args.section(), name,
                Optional.of(text(value, "on", "off")).filter(_ -> present)));
        if (present) {
            args.dtoverlay().stream()
                    .collect(Collectors.groupingBy(ConfigTxt::overlay, LinkedHashMap::new, Collectors.toList()))
                    .values().forEach(overlays -> config.overlays(args.section(), overlays));
        } else {
            args.dtoverlay().forEach(overlay -> config.withoutOverlay(args.section(), overlay));
        }
    }

    private static String words(Args args, String text) {
        var cmdline = new Cmdline(text);
        args.cmdlineAbsent().forEach(cmdline::remove);
        args.cmdline().forEach(args.state() == Presence.PRESENT ? cmdline::add : cmdline::remove);
        return cmdline.text();
    }

    private static String text(Value value, String yes, String no) {
        return !(value instanceof Bool) ? PythonText.of(value) : value.equals(Value.of(true)) ? yes : no;
    }

    @Override
    public Verdict judge(Args args, BootFiles before, Applied<BootFiles> applied) {
        Verdict plain = TaskModule.super.judge(args, before, applied);
        MapValue results = MapValue.of("path", before.found().orElseThrow().config().path(), "reboot_required",
                plain.changed());
        return plain.with(Place.withBackup(results, applied));
    }
}
