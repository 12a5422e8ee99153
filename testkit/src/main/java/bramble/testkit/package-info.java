/** What tests are made of: nodes to run modules on, fixtures, and the laws that every module keeps. */
@org.jspecify.annotations.NullMarked
package bramble.testkit;
