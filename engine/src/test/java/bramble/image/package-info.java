/** Cards and images, against the tools that everybody uses. */
@org.jspecify.annotations.NullMarked
package bramble.image;
