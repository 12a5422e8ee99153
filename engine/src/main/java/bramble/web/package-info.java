/** What all have in common that speak to web servers. */
@org.jspecify.annotations.NullMarked
package bramble.web;
