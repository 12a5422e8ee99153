/** Libraries of this machine that aren't Java's, called by Java's own means. */
@NullMarked
package bramble.foreign;

import org.jspecify.annotations.NullMarked;
