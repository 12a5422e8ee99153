/** Tests of reading YAML. */
@org.jspecify.annotations.NullMarked
package bramble.yaml;
