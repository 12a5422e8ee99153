package bramble.modules.packages;

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
import bramble.shell.Content;
import bramble.shell.Sh;
import bramble.value.Bool;
import bramble.value.ListValue;
import bramble.value.MapValue;
import bramble.value.PythonText;
import bramble.value.Text;
import bramble.value.Value;
import com.google.auto.service.AutoService;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** {@code debconf}: answers the questions that a Debian package asks when it is installed. */
@AutoService(AnyModule.class)
public final class DebconfModule implements TaskModule<DebconfModule.Args, DebconfFact.State> {
    private static final String OMITTED = "(password omitted)";

    /** What kind of answer a question takes. */
    public enum Kind {
        BOOLEAN,
        ERROR,
        MULTISELECT,
        NOTE,
        PASSWORD,
        SEEN,
        SELECT,
        STRING,
        TEXT,
        TITLE
    }

    /** The arguments of {@code debconf}. */
    @Doc(value = "Answers a question of a Debian package beforehand, or tells what is answered.", example = """
            - name: What tzdata was told
              debconf:
                name: tzdata
            """, returns = {"current: dict: the answers", "previous: dict: the answers before"})
    public record Args(@Arg(value = "The package.", aliases = "pkg") String name,
            @Arg(value = "The question.", aliases = {
                "selection", "setting"}) Optional<String> question,
            @Arg("What kind of answer it takes.") Optional<Kind> vtype,
            @Arg(value = "The answer; for multiselect, a list.", aliases = "answer") Optional<Value> value,
            @Arg(value = "Whether the question still counts as not asked.", fallback = "false") boolean unseen){

        /** What is wrong with them. */
        Optional<String> problem() {
            if (question.isPresent() && (vtype.isEmpty() || value.isEmpty())) {
                return Optional.of("when supplying a question you must supply a valid vtype and value");
            }
            return value.filter(given -> vtype.equals(Optional.of(Kind.MULTISELECT)) && given instanceof ListValue list
                    && !list.items().stream().allMatch(Text.class::isInstance))
                    .map(given -> "Invalid value provided for multiselect: " + PythonText.repr(given)
                            + "; expected a list of texts");
        }

        String wanted() {
            Value given = value.orElse(new Text(""));
            return switch (vtype.orElse(Kind.STRING)) {
                case BOOLEAN, SEEN -> given instanceof Bool flag
                        ? String.valueOf(flag.value())
                        : PythonText.of(given).toLowerCase(Locale.ROOT);
                case MULTISELECT -> given instanceof ListValue list
                        ? list.items().stream().map(PythonText::of).collect(Collectors.joining(", "))
                        : PythonText.of(given);
                case ERROR, NOTE, PASSWORD, SELECT, STRING, TEXT, TITLE -> PythonText.of(given);
            };
        }

        boolean met(String answer) {
            if (vtype.equals(Optional.of(Kind.MULTISELECT)) && value.orElse(null) instanceof ListValue) {
                return sorted(answer).equals(sorted(wanted()));
            }
            return answer.equals(wanted());
        }

        private static List<String> sorted(String list) {
            return Arrays.stream(list.split(",", -1)).map(String::strip).sorted().toList();
        }

        String shown(String answer) {
            return vtype.equals(Optional.of(Kind.PASSWORD)) ? OMITTED : answer;
        }

        DebconfFact fact() {
            return new DebconfFact(name, question.orElse(""), vtype.equals(Optional.of(Kind.SEEN)));
        }
    }

    @Override
    public String name() {
        return "debconf";
    }

    @Override
    public Class<Args> args() {
        return Args.class;
    }

    @Override
    public Inquiry<DebconfFact.State> inspect(Args args, Platform node) {
        return Inquiry.of(args.fact());
    }

    @Override
    public Plan plan(Args args, DebconfFact.State actual) {
        if (!actual.tools()) {
            return new Plan.Refused("the node has no debconf: only Debian and its kin do");
        }
        if (args.problem().isPresent()) {
            return new Plan.Refused(args.problem().get());
        }
        boolean shown = args.question().map(question -> actual.answers().containsKey(question)).orElse(false);
        if (args.question().isEmpty() || (shown && actual.answer().map(args::met).orElse(false))) {
            return Plan.NOTHING;
        }
        String question = args.question().get();
        String kind = args.vtype().orElseThrow().name().toLowerCase(Locale.ROOT);
        String line = args.name() + " " + question + " " + kind + " " + args.wanted() + "\n";
        var answers = new LinkedHashMap<>(actual.answers());
        answers.put(question, args.shown(args.wanted()));
        var after = new DebconfFact.State(true, answers, Optional.of(args.wanted()));
        return Plan.of(new Change(args.name() + " " + question,
                Diff.attributes(question, MapValue.of(question, actual.answer().map(args::shown).orElse("")),
                        MapValue.of(question, args.shown(args.wanted()))),
                List.of(new Action.Run(Sh.of("debconf-set-selections{}", Sh.raw(args.unseen() ? " -u" : "")),
                        Content.text(line))),
                List.of(Effect.becomes(args.fact(), after))));
    }

    @Override
    public Verdict judge(Args args, DebconfFact.State before, Applied<DebconfFact.State> applied) {
        Verdict plain = TaskModule.super.judge(args, before, applied);
        MapValue previous = map(before.answers());
        MapValue results = MapValue.of("msg", "", "current", map(applied.after().orElse(before).answers()));
        return plain.with(plain.changed() ? results.with("previous", previous) : results);
    }

    private static MapValue map(Map<String, String> answers) {
        var texts = new LinkedHashMap<String, Value>();
        answers.forEach((question, answer) -> texts.put(question, new Text(answer)));
        return MapValue.named(texts);
    }
}
