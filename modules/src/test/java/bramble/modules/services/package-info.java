/** Tests of the modules about services. */
@org.jspecify.annotations.NullMarked
package bramble.modules.services;
