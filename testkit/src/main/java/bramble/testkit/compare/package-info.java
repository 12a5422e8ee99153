/** Plays one playbook with ansible-core and with Bramble, each on a fresh node, and tells where they differ. */
@org.jspecify.annotations.NullMarked
package bramble.testkit.compare;
