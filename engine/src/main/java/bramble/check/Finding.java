package bramble.check;

import bramble.problem.Problem;

/** Something that was found in a playbook, or in what it brings in. An error stops a run for certain, once it gets there. */
public record Finding(Rule rule, Problem problem) {
    /** What kind of thing is wrong. */
    public enum Rule {
        /** Keywords, modules, roles and imports: what a playbook is made of. */
        STRUCTURE,
        /** An expression or a template that can't be read. */
        SYNTAX,
        /** A filter, test or lookup that is not there. */
        PLUGIN,
        /** An argument that the module doesn't have, or a value that it doesn't take. */
        ARGUMENT,
        /** A file that is not there. */
        FILE,
        /** A handler that is not there. */
        HANDLER,
        /** A variable that nothing defines. */
        VARIABLE,
        /** A value that a role refuses, by the checks that it brings. */
        REFUSED
    }
}
