package bramble.template;

import bramble.problem.Source;

/**
 * A name that a template uses, found without evaluating it.
 *
 * @param at where it stands
 * @param sure whether it is needed whenever the template is evaluated: not in one branch alone, nor behind {@code and}
 */
public record Mention(Kind kind, String name, Source at, boolean sure) {
    /** What a name stands for. */
    public enum Kind {
        /** A variable that has to be there. */
        VARIABLE,
        /** A variable that the template asks for, or has a default for. */
        GUARDED,
        FILTER,
        TEST,
        LOOKUP,
        /** A host whose variables are asked for by its name, as {@code hostvars['web1']} does. */
        HOST,
        /** A group whose hosts are asked for by its name, as {@code groups['web']} does. */
        GROUP,
        /** A regular expression, written out where a filter or test takes one. */
        PATTERN,
        /** Another template, included or imported by its name. */
        DOCUMENT,
        /** A name that the template itself gives a value to. */
        SET
    }
}
