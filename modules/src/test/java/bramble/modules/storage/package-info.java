@org.jspecify.annotations.NullMarked
package bramble.modules.storage;
