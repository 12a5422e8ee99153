/** Modules that start, stop and enable services. */
@org.jspecify.annotations.NullMarked
package bramble.modules.services;
