/** Modules for what a system is as a whole: its name, its clock, its kernel's settings, what it does at which time. */
@org.jspecify.annotations.NullMarked
package bramble.modules.system;
