/** Playbooks, roles and tasks as immutable records, and the loader that reads them and reports all that is wrong at once. */
@org.jspecify.annotations.NullMarked
package bramble.playbook;
