/** Tests of the modules about users and groups. */
@org.jspecify.annotations.NullMarked
package bramble.modules.users;
