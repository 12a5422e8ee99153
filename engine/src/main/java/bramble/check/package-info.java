/** Looks at playbooks without playing them, and finds all that is wrong at once. */
@org.jspecify.annotations.NullMarked
package bramble.check;
