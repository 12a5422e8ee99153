/** Modules about images of disks, and the cards that nodes start from. */
@org.jspecify.annotations.NullMarked
package bramble.modules.image;
