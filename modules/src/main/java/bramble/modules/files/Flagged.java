package bramble.modules.files;

import bramble.module.Action;
import bramble.module.Effect;
import bramble.module.Fact;
import bramble.module.Facts;
import bramble.module.Maybe;
import bramble.shell.Sh;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * The file system's own attributes that a task wants, as {@code chattr} sets them, and what there is of them.
 *
 * @param mode what becomes of the letters: {@code +} and {@code -} add and take away, {@code =} are all
 * @param actual what places have, by where they really are
 */
record Flagged(char mode, String letters, Map<String, Maybe<FlagsFact.Flags>> actual) {
    private static final String FIXED = "EINVh"; // shown, but not to be set
    private static final String SETTABLE = "aAcCdDeFijmPsStTux";
    private static final String ROOTS = "ia";

    Flagged {
        actual = Map.copyOf(actual);
    }

    /** Why that can't be what a task wants. */
    static Optional<String> mistake(String wanted) {
        return wanted.matches("[-+=]?[" + SETTABLE + FIXED + "]*")
                ? Optional.empty()
                : Optional.of("attributes must be letters of chattr (" + SETTABLE
                        + "), with + - or = before them, not " + wanted);
    }

    /** What has to be asked. */
    static List<Fact<?>> facts(List<String> places) {
        var facts = new ArrayList<Fact<?>>(List.of(new CommandFact("chattr")));
        places.forEach(place -> facts.add(new FlagsFact(place)));
        return facts;
    }

    static Flagged on(String wanted, List<String> places, Facts known) {
        Map<String, Maybe<FlagsFact.Flags>> actual = new TreeMap<>();
        for (String place : places) {
            Maybe<FlagsFact.Flags> flags = known.maybe(new FlagsFact(place));
            actual.put(flags instanceof Maybe.Known<FlagsFact.Flags>(FlagsFact.Flags there)
                    ? there.real()
                    : NodePath.normal(place), flags);
        }
        boolean signed = !wanted.isEmpty() && "+-=".indexOf(wanted.charAt(0)) >= 0;
        return new Flagged(signed ? wanted.charAt(0) : '=', signed ? wanted.substring(1) : wanted, actual);
    }

    /** The letters that it is to have. */
    private String then(String now) {
        return switch (mode) {
            case '+' -> sorted(now + letters);
            case '-' -> letters.isEmpty() ? now : now.replaceAll("[" + letters + "]", "");
            default -> sorted(letters);
        };
    }

    private static String sorted(String letters) {
        return new TreeSet<>(letters.chars().mapToObj(Character::toString).toList()).stream()
                .collect(Collectors.joining());
    }

    /** Where the places really are. */
    Set<String> places() {
        return new TreeSet<>(actual.keySet());
    }

    /** What is to be done about a thing. */
    Optional<Step> step(PathState.Present state, boolean root) {
        if (state instanceof PathState.Link || (letters.isEmpty() && mode != '=')) {
            return Optional.empty();
        }
        Optional<FlagsFact.Flags> there = Optional.ofNullable(actual.get(state.real())).map(Maybe::get);
        Optional<String> now = there.filter(flags -> !flags.missing()).map(flags -> sorted(flags.letters()));
        String then = then(now.orElse(""));
        if (now.isPresent() && now.get().replaceAll("[" + FIXED + "]", "")
                .equals(then.replaceAll("[" + FIXED + "]", ""))) {
            return Optional.empty();
        }
        String real = state.real();
        String what = "set the attributes of " + real;
        String error = there.map(FlagsFact.Flags::error).orElse("");
        String changed = (now.orElse("") + then).chars()
                .filter(c -> now.orElse("").indexOf(c) < 0 || then.indexOf(c) < 0)
                .mapToObj(Character::toString).collect(Collectors.joining());
        Optional<String> refusal = !error.isEmpty()
                ? Optional.of("Tried to " + what + ", but: " + error + " while " + (mode == '=' ? "setting" : "reading")
                        + " flags on " + real)
                : !root && changed.chars().anyMatch(c -> ROOTS.indexOf(c) >= 0)
                        ? Optional.of(Tried.foreign(what))
                        : Optional.empty();
        return Optional.of(new Step(now.orElse(""), then,
                new Action.Run(Tried.of(what, Sh.of("chattr {} {}", mode + letters, real))),
                Effect.becomes(new FlagsFact(real), new FlagsFact.Flags(real, false, then, "")), refusal));
    }

    /** The letters before and after, and how that comes about. */
    record Step(String before, String after, Action action, Effect effect, Optional<String> refusal) {}
}
