package bramble.cli;

import bramble.galaxy.CollectionName;
import bramble.problem.ProblemException;
import bramble.problem.Source;
import bramble.template.DocumentOptions;
import bramble.template.Scopes;
import bramble.template.Site;
import bramble.template.Templates;
import bramble.value.ListValue;
import bramble.value.MapValue;
import bramble.value.Text;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Makes the first files of a role or collection: the usual ones, or those of a folder, whose {@code .j2} are templates. */
record Skeleton(Session session) {
    private static final List<String> IGNORED = List.of("^.git$", "^.*/.git_keep$");

    void role(String name, Path folder, Optional<String> from) throws IOException {
        MapValue variables = MapValue.of("role_name", name, "author", "your name", "description", "what the role does",
                "company", "", "license", "MIT", "issue_tracker_url", "", "repository_url", "", "documentation_url", "",
                "homepage_url", "", "min_ansible_version", "2.14", "dependencies", ListValue.EMPTY, "galaxy_tags",
                ListValue.EMPTY, "platforms", ListValue.EMPTY, "role_type", "default");
        make(folder, skeleton(from, "role_skeleton"), "role_skeleton_ignore", variables, roleFiles(name),
                List.of("files", "templates"));
    }

    void collection(CollectionName name, Path folder, Optional<String> from) throws IOException {
        MapValue variables = MapValue.of("namespace", name.namespace(), "collection_name", name.name(), "version",
                "1.0.0", "readme", "README.md", "authors", ListValue.of(new Text("your name <you@example.com>")),
                "description", "what the collection does", "license", ListValue.of(new Text("MIT")), "tags",
                ListValue.EMPTY, "dependencies", MapValue.EMPTY, "repository", "https://example.com/repository",
                "documentation", "https://example.com/docs", "homepage", "https://example.com", "issues",
                "https://example.com/issues", "build_ignore", ListValue.EMPTY);
        make(folder, skeleton(from, "collection_skeleton"), "collection_skeleton_ignore", variables,
                collectionFiles(name), List.of("docs", "roles"));
    }

    private Optional<Path> skeleton(Optional<String> from, String setting) {
        return from.map(text -> session.folder().resolve(Configuration.home(text)))
                .or(() -> session.configuration().path("galaxy", setting));
    }

    private void make(Path folder, Optional<Path> from, String ignoring, MapValue variables,
            Map<String, String> files, List<String> empty) throws IOException {
        if (from.isPresent()) {
            List<String> set = session.configuration().words("galaxy", ignoring);
            copy(from.get(), folder, set.isEmpty() ? IGNORED : set, variables);
            return;
        }
        Files.createDirectories(folder);
        for (Map.Entry<String, String> file : files.entrySet()) {
            Path path = folder.resolve(file.getKey());
            Files.createDirectories(Optional.ofNullable(path.getParent()).orElse(folder));
            Files.writeString(path, file.getValue());
        }
        for (String name : empty) {
            Files.createDirectories(folder.resolve(name));
        }
    }

    private void copy(Path from, Path folder, List<String> ignored, MapValue variables) throws IOException {
        if (!Files.isDirectory(from)) {
            throw new ProblemException(Source.NONE,
                    "Tried to make it from the skeleton " + from + ", but there is no such folder.");
        }
        Files.createDirectories(folder);
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.sorted().toList()) {
                String name = from.relativize(file).toString();
                boolean templates = name.startsWith("templates/");
                if (name.isEmpty() || ignored.stream().anyMatch(pattern -> name.matches(pattern) || Stream
                        .of(name.split("/", -1)).anyMatch(part -> part.matches(pattern)))) {
                    continue;
                }
                if (Files.isDirectory(file)) {
                    Files.createDirectories(folder.resolve(name));
                } else if (name.endsWith(".j2") && !templates) {
                    Files.writeString(folder.resolve(name.substring(0, name.length() - 3)), rendered(file, variables));
                } else {
                    Files.copy(file, folder.resolve(name), StandardCopyOption.REPLACE_EXISTING);
                }
            }
        }
    }

    private String rendered(Path file, MapValue variables) throws IOException {
        return new Templates(_ -> new Text("")).document(Files.readString(file), Source.file(file.toString()),
                DocumentOptions.FILE, Scopes.of(variables.byName(), Site.of(session.folder())));
    }

    private static Map<String, String> roleFiles(String name) {
        return new TreeMap<>(Map.of("README.md", """
                # %s

                What this role does, in one sentence.

                ## Variables

                The variables of `defaults/main.yml`, and what they are for.

                ## Example

                ```yaml
                - hosts: all
                  roles:
                    - %s
                ```
                """.formatted(name, name), "defaults/main.yml", "---\n# What counts where nobody says otherwise.\n",
                "handlers/main.yml", "---\n# What is done once, after tasks that notify it.\n", "meta/main.yml", """
                        ---
                        galaxy_info:
                          author: your name
                          description: what the role does
                          license: MIT
                          min_ansible_version: "2.14"
                          galaxy_tags: []

                        # Roles that are played before this one.
                        dependencies: []
                        """,
                "tasks/main.yml", "---\n# What the role does.\n", "vars/main.yml",
                "---\n# Variables that are stronger than those of inventories.\n", "tests/inventory", "localhost\n",
                "tests/test.yml", "---\n- hosts: localhost\n  connection: local\n  roles:\n    - " + name + "\n"));
    }

    private static Map<String, String> collectionFiles(CollectionName name) {
        return new TreeMap<>(Map.of("README.md", """
                # %s

                What this collection is for.
                """.formatted(name), "galaxy.yml", """
                # Both together are the collection's name: lower-case letters, digits and underscores.
                namespace: %s
                name: %s
                # Three numbers; see https://semver.org.
                version: 1.0.0
                readme: README.md
                authors:
                  - your name <you@example.com>

                description: what the collection does
                # A list of SPDX names, or license_file with the name of a file.
                license:
                  - MIT
                tags: []
                # Collections that this one needs: a range of versions for each name.
                dependencies: {}
                repository: https://example.com/repository
                documentation: https://example.com/docs
                homepage: https://example.com
                issues: https://example.com/issues
                # Patterns of files that `collection build` leaves out.
                build_ignore: []
                """.formatted(name.namespace(), name.name()), "meta/runtime.yml",
                "---\n# The versions of Ansible that it works with.\n# requires_ansible: '>=2.14'\n",
                "plugins/README.md", "# Plugins\n\nA folder each for modules, filter, lookup and the like.\n"));
    }
}
