package bramble.modules.containers;

import bramble.value.Json;
import bramble.value.MapValue;
import bramble.value.Value;
import java.util.List;
import java.util.Optional;

/** An object of Kubernetes as it is asked for. */
record KubeObject(MapValue definition) {
    /** What the server keeps for itself, or changes by itself. */
    private static final List<String> SERVERS = List.of("managedFields", "resourceVersion", "generation", "uid",
            "creationTimestamp", "selfLink");
    private static final String APPLIED = "kubectl.kubernetes.io/last-applied-configuration";

    String version() {
        return Tree.text(definition, "apiVersion");
    }

    String kind() {
        return Tree.text(definition, "kind");
    }

    String name() {
        return Tree.text(definition, "metadata", "name");
    }

    /** What the server begins its name with, where it has none. */
    Optional<String> beginning() {
        return name().isEmpty() ? Tree.given(definition, "metadata", "generateName") : Optional.empty();
    }

    Optional<String> namespace() {
        return Tree.given(definition, "metadata", "namespace");
    }

    String shown() {
        return kind() + " " + namespace().map(space -> space + "/").orElse("") + beginning().orElse(name());
    }

    boolean secret() {
        return kind().equals("Secret");
    }

    /** {@code Deployment.v1.apps}. */
    String type() {
        String[] parts = version().split("/", 2);
        return parts.length == 1 ? kind() + "." + parts[0] + "." : kind() + "." + parts[1] + "." + parts[0];
    }

    String text() {
        return Json.compact(definition);
    }

    /** What finds it. */
    String place() {
        MapValue metadata = MapValue.of("name", name());
        return Json.compact(MapValue.of("apiVersion", version(), "kind", kind(), "metadata",
                namespace().map(space -> metadata.with("namespace", space)).orElse(metadata)));
    }

    /** With what the task says of all its objects, where the object itself doesn't. */
    KubeObject with(String version, String kind, Optional<String> name, Optional<String> beginning,
            Optional<String> namespace) {
        MapValue whole = definition;
        if (version().isEmpty()) {
            whole = MapValue.of("apiVersion", version).with(whole);
        }
        if (kind().isEmpty()) {
            whole = whole.with("kind", kind);
        }
        MapValue metadata = MapValue.named(Tree.map(whole, "metadata"));
        if (metadata.get("name").isEmpty() && name.isPresent()) {
            metadata = metadata.with("name", name.get());
        }
        if (metadata.get("name").isEmpty() && beginning.isPresent()) {
            metadata = metadata.with("generateName", beginning.get());
        }
        boolean spaceless = List.of("Namespace", "ClusterRole", "ClusterRoleBinding", "CustomResourceDefinition",
                "PersistentVolume", "StorageClass", "Node", "IngressClass", "PriorityClass")
                .contains(Tree.text(whole, "kind"));
        if (metadata.get("namespace").isEmpty() && namespace.isPresent() && !spaceless) {
            metadata = metadata.with("namespace", namespace.get());
        }
        return new KubeObject(whole.with("metadata", metadata));
    }

    /** What of an object matters where two are compared. */
    static MapValue essence(Value object) {
        MapValue metadata = MapValue.named(Tree.map(object, "metadata"));
        for (String key : SERVERS) {
            metadata = metadata.without(key);
        }
        MapValue notes = MapValue.named(Tree.map(metadata, "annotations")).without(APPLIED);
        metadata = notes.byName().isEmpty() ? metadata.without("annotations") : metadata.with("annotations", notes);
        return MapValue.named(Tree.map(object)).without("status").with("metadata", metadata);
    }

}
