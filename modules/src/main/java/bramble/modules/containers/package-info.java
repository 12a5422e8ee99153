/** Containers, and what runs and keeps them: Docker, Compose, swarms, Kubernetes, Helm; through their own commands on the node. */
@org.jspecify.annotations.NullMarked
package bramble.modules.containers;
