/** Modules about how a Raspberry Pi starts and stops: its firmware's settings, its power button, its lights. */
@org.jspecify.annotations.NullMarked
package bramble.modules.boot;
