/** Tests of the modules that run commands. */
@org.jspecify.annotations.NullMarked
package bramble.modules.commands;
