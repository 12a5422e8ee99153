/** Cards and images of cards: their partitions, and the files of the boot partition. */
@org.jspecify.annotations.NullMarked
package bramble.image;
