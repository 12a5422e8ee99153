/** Files, directories and links on a node: the facts about them, and the modules that change them. */
@org.jspecify.annotations.NullMarked
package bramble.modules.files;
