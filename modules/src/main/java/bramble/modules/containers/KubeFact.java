package bramble.modules.containers;

import bramble.module.Effect;
import bramble.module.Fact;
import bramble.module.Maybe;
import bramble.shell.Answer;
import bramble.shell.Sh;
import bramble.value.Json;
import bramble.value.MapValue;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * An object of Kubernetes, and what the server says would become of it; empty where the node has no kubectl.
 *
 * @param level how closely definitions are looked at, in kubectl's words
 */
record KubeFact(Kube kube, KubeObject object, Way way, List<String> options,
        String level) implements Fact<Optional<KubeFact.Seen>> {
    /** The server looks at objects itself; kubectl would fetch the whole description of its interface first, each time. */
    static final String UNCHECKED = "false";

    /** What the kind doesn't know is refused. */
    static final String STRICT = "strict";

    /** What is to be done with the object. */
    enum Way {
        MERGE,
        JSON_MERGE,
        APPLY,
        SERVER_APPLY,
        REPLACE,
        PATCH,
        DELETE
    }

    /**
     * The answer.
     *
     * @param now as it is
     * @param next as it would be, in the server's own dry run; empty for one that goes
     * @param trouble why that can't be; empty if it can
     * @param warnings of what the kind doesn't know
     */
    record Seen(Optional<MapValue> now, Optional<MapValue> next, String trouble, List<String> warnings) {}

    /** @param dry whether the server only says what would become of it */
    Sh create(boolean dry) {
        return kube.fed(object.text(), words(List.of("create", checked()), dry, "--filename", "-"));
    }

    private String checked() {
        return "--validate=" + level;
    }

    private static List<String> words(List<String> verb, boolean dry, String... more) {
        var words = new ArrayList<>(verb);
        words.addAll(List.of(more));
        words.addAll(List.of("--output", "json"));
        if (dry) {
            words.add("--dry-run=server");
        }
        return words;
    }

    /** Brings an object that is there into shape. */
    Sh change(boolean dry) {
        return switch (way) {
            case MERGE, PATCH -> Sh.of("{} 2>/dev/null || {}", patch("strategic", dry), patch("merge", dry)); // only built-in kinds know strategic
            case JSON_MERGE -> patch("merge", dry);
            case APPLY -> kube.fed(object.text(), words(List.of("apply", checked()), dry, "--filename", "-"));
            case SERVER_APPLY -> kube.fed(object.text(), words(List.of("apply", checked()), dry,
                    Stream.concat(Stream.of("--server-side", "--filename", "-"), options.stream())
                            .toArray(String[]::new)));
            case REPLACE -> kube.fed(object.text(), words(List.of("replace", checked()), dry, "--filename", "-"));
            case DELETE -> kube.fed(object.place(), List.of("delete", "--filename", "-", "--ignore-not-found"));
        };
    }

    private Sh patch(String type, boolean dry) {
        var verb = new ArrayList<String>();
        object.namespace().ifPresent(space -> verb.addAll(List.of("--namespace", space)));
        verb.addAll(List.of("patch", object.type(), object.name()));
        return kube.fed(object.text(), words(verb, dry, "--type", type, "--patch-file", "/dev/stdin"));
    }

    /** Whether it is made by the same call that changes it. */
    boolean applies() {
        return way == Way.APPLY || way == Way.SERVER_APPLY;
    }

    @Override
    public Sh script() {
        if (object.beginning().isPresent()) { // the server makes a name of it each time
            return Sh.of("command -v kubectl >/dev/null || exit 0\nprintf 'tool\\n\\n--next\\n'; {}", create(true));
        }
        Sh absent = way == Way.PATCH || way == Way.DELETE ? Sh.raw(":") : applies() ? change(true) : create(true);
        boolean patches = way == Way.MERGE || way == Way.JSON_MERGE || way == Way.PATCH; // of which kubectl has nothing checked
        Sh look = patches && !level.equals(UNCHECKED) // on the server: what the client merges, it takes away as well
                ? Sh.of("{} >/dev/null || {}\n", kube.fed(object.text(),
                        words(List.of("apply", checked()), true, "--server-side", "--force-conflicts",
                                "--field-manager",
                                "bramble-look", "--filename", "-")),
                        Sh.raw(level.equals(STRICT) ? "exit" : ":"))
                : Sh.raw("");
        Sh present = way == Way.DELETE ? Sh.raw(":") : Sh.of("{}{}", look, change(true));
        return Sh.of("""
                command -v kubectl >/dev/null || exit 0
                echo tool
                b_g=$({}) || exit
                printf '%s\\n--next\\n' "$b_g"
                if [ -n "$b_g" ]; then {}
                else {}
                fi""",
                kube.fed(object.place(), List.of("get", "--filename", "-", "--ignore-not-found", "--output", "json")),
                present, absent);
    }

    @Override
    public Optional<Seen> parse(Answer answer) {
        String text = answer.text();
        if (!text.startsWith("tool\n")) {
            return Optional.empty();
        }
        int split = text.indexOf("\n--next\n");
        Optional<MapValue> now = split < 0 ? Optional.empty() : read(text.substring(5, Math.max(split, 5)));
        Optional<MapValue> next = split < 0 ? Optional.empty() : read(text.substring(split + 8));
        return Optional.of(new Seen(now, next, answer.ok() ? "" : Kube.said(answer), answer.errors().lines()
                .filter(line -> line.matches("Warning: (unknown|duplicate) field .*"))
                .map(line -> object.shown() + ": " + line.substring(9)).distinct().toList()));
    }

    /** An object; kubectl puts what it finds by a file into a list. */
    private static Optional<MapValue> read(String text) {
        return Json.tryParse(text).flatMap(found -> Tree.text(found, "kind").equals("List")
                ? Tree.list(found, "items").stream().findFirst()
                : Optional.of(found)).filter(MapValue.class::isInstance).map(MapValue.class::cast);
    }

    @Override
    @SuppressWarnings("unchecked") // the value of a fact like this
    public Maybe<Optional<Seen>> after(Effect.Becomes<?> effect, Optional<Seen> current) {
        if (effect.fact().equals(this)) {
            return Maybe.known((Optional<Seen>) effect.value());
        }
        if (effect.fact() instanceof KubeFact other && other.kube.equals(kube)) {
            if (other.object.place().equals(object.place())) {
                return Maybe.unknown(object.shown() + " would be changed first");
            }
            if (current.filter(seen -> awaits(seen.trouble())).isPresent()) {
                return Maybe.unknown(other.object.shown() + " would be made first");
            }
        }
        return Maybe.known(current);
    }

    /** Whether another object that comes first may end the trouble: a namespace, a kind. */
    static boolean awaits(String trouble) {
        return trouble
                .matches("(?s).*(namespaces? \"[^\"]*\" not found|no matches for kind|doesn't have a resource type).*");
    }
}
