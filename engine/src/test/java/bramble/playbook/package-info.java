/** Tests of the playbook loader. */
@org.jspecify.annotations.NullMarked
package bramble.playbook;
