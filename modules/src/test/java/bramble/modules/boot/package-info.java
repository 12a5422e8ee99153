@org.jspecify.annotations.NullMarked
package bramble.modules.boot;
