/** Tests of the facts about files, and fixtures of their modules. */
@org.jspecify.annotations.NullMarked
package bramble.modules.files;
