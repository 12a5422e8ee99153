package bramble.modules.system;

import bramble.args.Arg;
import bramble.args.Doc;
import bramble.module.Action;
import bramble.module.AnyModule;
import bramble.module.Applied;
import bramble.module.Change;
import bramble.module.Diff;
import bramble.module.Effect;
import bramble.module.Inquiry;
import bramble.module.Plan;
import bramble.module.Platform;
import bramble.module.TaskModule;
import bramble.module.Verdict;
import bramble.modules.files.CommandFact;
import bramble.modules.files.Presence;
import bramble.modules.files.TextEdit;
import bramble.shell.Answer;
import bramble.shell.Sh;
import bramble.value.MapValue;
import com.google.auto.service.AutoService;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** {@code locale_gen}: the languages that programs can speak. */
@AutoService(AnyModule.class)
public final class LocaleGenModule implements TaskModule<LocaleGenModule.Args, LocaleGenModule.State> {
    private static final String FILE = "/etc/locale.gen";

    @Doc(value = "Makes and removes locales, by /etc/locale.gen.", collection = "community.general", example = """
            - name: Let programs speak German
              community.general.locale_gen:
                name: de_DE.UTF-8
            """, returns = {"name: list: the locales"})
    public record Args(@Arg("Locales, as de_DE.UTF-8.") List<String> name,
            @Arg(value = "Whether they are to be there.", fallback = "present") Presence state) {}

    /** The list of locales, and what is known of each. */
    public record State(TextEdit list, List<Optional<LocaleFact.Found>> found) {}

    @Override
    public String name() {
        return "locale_gen";
    }

    @Override
    public Class<Args> args() {
        return Args.class;
    }

    @Override
    public Inquiry<State> inspect(Args args, Platform node) {
        return TextEdit.of(FILE).and(
                Inquiry.all(args.name().stream().map(name -> Inquiry.of(new LocaleFact(name))).toList()), State::new);
    }

    @Override
    public Plan plan(Args args, State actual) {
        boolean present = args.state() == Presence.PRESENT;
        var wrong = new ArrayList<String>();
        var due = new ArrayList<String>();
        for (int i = 0; i < args.name().size(); i++) {
            Optional<LocaleFact.Found> found = actual.found.get(i);
            String name = args.name().get(i);
            if (found.isEmpty()) {
                return new Plan.Refused(new CommandFact("locale-gen").sentence("make the locale " + name, "locales"));
            }
            if (!found.get().supported() && !found.get().made()) {
                wrong.add(name);
            } else if (found.get().made() != present) {
                due.add(name);
            }
        }
        if (present && !wrong.isEmpty()) {
            return new Plan.Refused("These locales are not available on the node: " + String.join(", ", wrong)
                    + ". Those that are stand in /usr/share/i18n/SUPPORTED.");
        }
        if (due.isEmpty()) {
            return Plan.NOTHING;
        }
        Optional<String> obstacle = actual.list.obstacle();
        if (obstacle.isPresent()) {
            return new Plan.Refused("Tried to write " + FILE + ", but " + obstacle.get() + ".");
        }
        var changes = new ArrayList<>(actual.list.to(edited(actual.list.text(), due, present),
                actual.list.exists() ? TextEdit.Options.PLAIN : TextEdit.Options.mode(0644)));
        var effects = new ArrayList<Effect>();
        due.forEach(name -> effects.add(
                Effect.becomes(new LocaleFact(name), Optional.of(new LocaleFact.Found(present, true)))));
        changes.add(new Change(String.join(" ", due), Diff.NONE,
                List.of(new Action.Run(Sh.raw("locale-gen >/dev/null"))), effects));
        return Plan.of(changes);
    }

    private static String edited(String text, List<String> names, boolean present) {
        var lines = new ArrayList<String>();
        var left = new ArrayList<>(names);
        for (String line : text.lines().toList()) {
            String bare = line.replaceFirst("^[#\\s]+", "");
            String name = bare.split("\\s", 2)[0];
            boolean entry = bare.matches("\\S+\\s+\\S+\\s*") && names.contains(name);
            boolean comment = line.strip().startsWith("#");
            if (entry && left.remove(name) && comment == present) {
                lines.add(present ? bare.strip() : "# " + line.strip());
            } else {
                lines.add(line);
            }
        }
        if (present) {
            left.forEach(name -> lines.add(name + " " + charset(name)));
        }
        return lines.stream().map(line -> line + "\n").reduce("", String::concat);
    }

    private static String charset(String name) {
        int dot = name.indexOf('.');
        return dot < 0 ? "ISO-8859-1" : name.substring(dot + 1).replaceFirst("@.*", "");
    }

    @Override
    public Verdict judge(Args args, State before, Applied<State> applied) {
        MapValue results = MapValue.of("name", args.name());
        Optional<Answer> failed = applied.answers().stream().filter(answer -> answer.status() > 0).findFirst();
        return failed.isPresent()
                ? Verdict.failed("Tried to make locales, but " + failed.get().errors().strip(), results)
                : Verdict.changed(!applied.changes().isEmpty(), results);
    }
}
