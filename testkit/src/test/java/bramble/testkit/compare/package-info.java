/** Tests of the comparison with ansible-core. */
@org.jspecify.annotations.NullMarked
package bramble.testkit.compare;
