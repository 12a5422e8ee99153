/** Modules that run what a playbook says: commands, shell text, scripts. */
@org.jspecify.annotations.NullMarked
package bramble.modules.commands;
