/** Modules that make and change users, groups and their keys. */
@org.jspecify.annotations.NullMarked
package bramble.modules.users;
