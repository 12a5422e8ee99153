/** Modules for disks, the file systems on them, and where those are mounted. */
@org.jspecify.annotations.NullMarked
package bramble.modules.storage;
