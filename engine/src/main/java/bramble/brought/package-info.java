/** Modules and plugins that a playbook brings itself: programs in any language, which run where their interpreter is. */
@NullMarked
package bramble.brought;

import org.jspecify.annotations.NullMarked;
