/** Modules that steer a run: variables, messages, conditions, groups, and waiting. */
@org.jspecify.annotations.NullMarked
package bramble.modules.flow;
