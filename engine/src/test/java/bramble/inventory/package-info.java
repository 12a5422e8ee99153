/** Tests of inventories, against what Ansible makes of the same files. */
@org.jspecify.annotations.NullMarked
package bramble.inventory;
