/** From YAML text to a tree whose every node knows its place: tags, aliases and merge keys included. */
@org.jspecify.annotations.NullMarked
package bramble.yaml;
