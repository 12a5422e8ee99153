package bramble.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import bramble.galaxy.Git;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.apache.commons.compress.compressors.gzip.GzipCompressorOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code ansible-galaxy}, against a server on loopback and git repositories in a folder. */
class GalaxyTest {
    @TempDir
    private Path top;
    private Path work = Path.of("");

    @BeforeEach
    void makeFolder() throws IOException {
        work = Files.createDirectory(top.resolve("work"));
        Files.writeString(work.resolve("ansible.cfg"),
                "[defaults]\nroles_path = roles\ncollections_path = collections\n");
    }

    private Cli.Said call(String... words) {
        return call(Map.of(), words);
    }

    private Cli.Said call(Map<String, String> environment, String... words) {
        var all = Stream.concat(Stream.of("ansible-galaxy"), Stream.of(words)).toList();
        return new Cli(work, top.resolve("data")).call(environment, all);
    }

    /** Calls, and expects that all goes well. */
    private String done(String... words) {
        Cli.Said said = call(words);
        assertEquals(0, said.code(), said.toString());
        return said.out();
    }

    private Path write(String name, String text) throws IOException {
        Path file = work.resolve(name);
        Files.createDirectories(file.getParent());
        return Files.writeString(file, text);
    }

    private String tree(String folder) throws IOException {
        try (Stream<Path> files = Files.walk(work.resolve(folder))) {
            return files.filter(Files::isRegularFile).map(file -> work.relativize(file).toString()).sorted()
                    .collect(Collectors.joining("\n"));
        }
    }

    private static byte[] tar(Map<String, String> files) throws IOException {
        var bytes = new ByteArrayOutputStream();
        try (var tar = new TarArchiveOutputStream(new GzipCompressorOutputStream(bytes))) {
            for (Map.Entry<String, String> file : files.entrySet()) {
                byte[] text = file.getValue().getBytes(StandardCharsets.UTF_8);
                boolean link = file.getValue().startsWith("-> ");
                var entry = link
                        ? new TarArchiveEntry(file.getKey(), TarConstants.LF_SYMLINK)
                        : new TarArchiveEntry(file.getKey(), true);
                if (link) {
                    entry.setLinkName(file.getValue().substring(3));
                } else {
                    entry.setSize(text.length);
                }
                tar.putArchiveEntry(entry);
                if (!link) {
                    tar.write(text);
                }
                tar.closeArchiveEntry();
            }
        }
        return bytes.toByteArray();
    }

    private static byte[] role(String version) throws IOException {
        return tar(Map.of("web-" + version + "/meta/main.yml", "dependencies: []\n", "web-" + version
                + "/tasks/main.yml", "- debug: msg=" + version + "\n"));
    }

    private String repository(String name, Map<String, String> files, String... tags) throws IOException {
        Path folder = work.resolve("git").resolve(name);
        for (Map.Entry<String, String> file : files.entrySet()) {
            write("git/" + name + "/" + file.getKey(), file.getValue());
        }
        for (List<String> words : List.of(List.of("init", "-q", "-b", "main"), List.of("add", "."),
                List.of("-c", "user.name=a", "-c", "user.email=a@b.example", "commit", "-qm", "x"))) {
            assertEquals(0, Git.call(folder, "", words).code());
        }
        for (String tag : tags) {
            assertEquals(0, Git.call(folder, "", List.of("tag", tag)).code());
        }
        return "file://" + folder;
    }

    /** The archive of a new collection. */
    private byte[] collection(String namespace, String name, String version, String dependencies) throws IOException {
        String folder = "sources/" + version + "/" + namespace + "/" + name;
        done("collection", "init", namespace + "." + name, "--init-path", "sources/" + version, "-f");
        Path file = work.resolve(folder + "/galaxy.yml");
        Files.writeString(file, Files.readString(file).replace("version: 1.0.0", "version: " + version)
                .replace("dependencies: {}", "dependencies: " + dependencies));
        write(folder + "/roles/r/tasks/main.yml", "- debug: msg=" + version + "\n");
        done("collection", "build", folder, "--output-path", "built", "-f");
        return Files.readAllBytes(work.resolve("built/" + namespace + "-" + name + "-" + version + ".tar.gz"));
    }

    private GalaxyStub galaxy(Optional<String> authorization) throws IOException {
        var galaxy = new GalaxyStub(authorization);
        galaxy.file("web-1.10.0.tar.gz", role("1.10.0"));
        galaxy.file("web-1.0.0.tar.gz", role("1.0.0"));
        galaxy.collection("my", "app", "1.0.0", collection("my", "app", "1.0.0", "{}"), Map.of());
        galaxy.collection("my", "app", "1.1.0", collection("my", "app", "1.1.0", "{my.lib: '>=1.0.0,<2.0.0'}"),
                Map.of("my.lib", ">=1.0.0,<2.0.0"));
        galaxy.collection("my", "app", "2.0.0-beta.1", collection("my", "app", "2.0.0-beta.1", "{}"), Map.of());
        galaxy.collection("my", "lib", "1.5.0", collection("my", "lib", "1.5.0", "{}"), Map.of());
        galaxy.collection("my", "lib", "2.0.0", collection("my", "lib", "2.0.0", "{}"), Map.of());
        return galaxy;
    }

    @Test
    void getsRolesFromEverywhere() throws IOException {
        write("local/meta/main.yml", "galaxy_info: {author: a}\n");
        Files.write(work.resolve("packed.tar.gz"), role("3"));
        String base = repository("base", Map.of("meta/main.yml", "dependencies: []\n"), "v1");
        String dep = repository("dep", Map.of("meta/main.yml",
                "dependencies: [{src: 'git+" + base + "', name: base, version: v1}, beside]\n"), "v2");

        assertEquals("""
                Starting galaxy role install process
                - extracting dep to %1$s/dep
                - dep (v2) was installed successfully
                - adding dependency: base (v1)
                - extracting base to %1$s/base
                - base (v1) was installed successfully
                """.formatted(work.resolve("roles")), done("role", "install", "git+" + dep + ",v2"));
        assertEquals("""
                Starting galaxy role install process
                - dep (v2) is already installed, skipping.
                - dependency base is already installed, skipping.
                """,
                done("role", "install", "git+" + dep + ",v2"));
        Cli.Said other = call("role", "install", "git+" + dep + ",main");
        assertTrue(other.err().contains("- dep (v2) is already installed - use --force to change version to main"),
                other.err());
        assertTrue(done("role", "install", "-f", "-n", "git+" + dep + ",main")
                .contains("- changing role dep from v2 to main\n"));
        assertFalse(tree("roles").contains(".git/"), "the repository's own folder stays away");

        done("install", "packed.tar.gz,,packed", "./local,,local");
        assertEquals("# " + work.resolve("roles") + "\n- base, v1\n- dep, main\n- local, (unknown version)\n"
                + "- packed, (unknown version)\n", done("list"));
        assertTrue(done("info", "base", "--offline").contains("\tinstalled_version: v1\n"));
        assertEquals("- successfully removed base\n- base is not installed, skipping.\n",
                done("remove", "base", "base"));
    }

    @Test
    void getsRolesFromServer() throws IOException {
        try (GalaxyStub galaxy = galaxy(Optional.of("Token s3cret"))) {
            write("ansible.cfg",
                    "[defaults]\nroles_path = roles\n[galaxy]\nserver_list = mine\n[galaxy_server.mine]\nurl = "
                            + galaxy.url() + "/api/\n");
            Cli.Said refused = call("role", "install", "geer.web");
            assertEquals(1, refused.code());
            assertTrue(refused.err().contains("it doesn't let you in; it wants a token"), refused.err());

            Map<String, String> token = Map.of("ANSIBLE_GALAXY_SERVER_MINE_TOKEN", "s3cret");
            Cli.Said said = call(token, "role", "install", "geer.web");
            assertEquals("""
                    Starting galaxy role install process
                    - downloading role 'web', owned by geer
                    - downloading role from %s/moved/web-1.10.0.tar.gz
                    - extracting geer.web to %s/geer.web
                    - geer.web (1.10.0) was installed successfully
                    """.formatted(galaxy.url(), work.resolve("roles")), said.out(), "the newest of 1.2.0 and 1.10.0");
            assertTrue(call(token, "install", "-f", "geer.web,1.0.0").out().contains("from 1.10.0 to 1.0.0"));
            Cli.Said none = call(token, "role", "install", "geer.web,9", "-f");
            assertEquals(1, none.code());
            assertTrue(none.err().contains("the specified version (9) of geer.web was not found")
                    && none.err().contains("1.0.0, 1.10.0, 1.2.0"), none.err());
            assertTrue(tree("roles").contains("geer.web/tasks/main.yml"), "what was there is still there");
            assertEquals("""

                    Found 1 roles matching your search:

                     Name     Description
                     ----     -----------
                     geer.web a web role
                    """, call(token, "search", "web").out());
            assertEquals(1, call(token, "search", "nothing").code());
            assertFalse(said.toString().contains("s3cret"));
        }
    }

    @Test
    void asksProxiesThatTheEnvironmentNames() throws IOException {
        try (GalaxyStub galaxy = galaxy(Optional.empty())) {
            var environment = Map.of("http_proxy", galaxy.url());
            String[] words = {"search", "web", "-s", "http://galaxy.example"};
            assertTrue(call(environment, words).out().contains("geer.web"), "the proxy answers for it");
            assertEquals(1, call(Map.of("http_proxy", galaxy.url(), "NO_PROXY", "x, .example"), words).code());
            assertTrue(call(Map.of("http_proxy", "http://:x"), words).err().contains("is no address of one"));
        }
    }

    @Test
    void installsBothListsOfAFile() throws IOException {
        String base = repository("base", Map.of("meta/main.yml", "dependencies: []\n"), "v1");
        collection("ns", "coll", "1.0.0", "{}");
        write("more.yml", "- git+" + base + ",v1,third\n");
        write("requirements.yml", """
                roles:
                  - src: %s
                    scm: git
                    version: v1
                    name: my.base
                  - git+%s,v1,second
                  - include: more.yml
                collections:
                  - name: built/ns-coll-1.0.0.tar.gz
                    type: file
                """.formatted(base, base));
        done("install", "-r", "requirements.yml");
        assertEquals("# " + work.resolve("roles") + "\n- my.base, v1\n- second, v1\n- third, v1\n", done("list"));
        assertEquals("\n# " + work.resolve("collections/ansible_collections") + "\nCollection Version\n"
                + "---------- -------\nns.coll    1.0.0  \n", done("collection", "list"));
        Cli.Said elsewhere = call("install", "-r", "requirements.yml", "-p", "others");
        assertTrue(elsewhere.err().contains("The collections of the requirements file are not installed"),
                elsewhere.err());
        assertTrue(tree("others").contains("my.base/meta/main.yml"));
    }

    @Test
    void choosesVersionsThatFitTogether() throws IOException {
        try (GalaxyStub galaxy = galaxy(Optional.of("Basic dTpw"))) {
            write("ansible.cfg",
                    "[defaults]\ncollections_path = c\n[galaxy]\nserver_list = mine\n[galaxy_server.mine]\nurl = "
                            + galaxy.url() + "\nusername = u\npassword = p\n");
            String app = done("collection", "install", "my.app");
            assertTrue(app.contains("Installing 'my.app:1.1.0' to '" + work.resolve("c/ansible_collections/my/app'"))
                    && app.contains("my.lib:1.5.0 was installed successfully"), app);
            assertTrue(done("collection", "install", "my.app").contains("Nothing to do."));
            assertTrue(done("collection", "install", "my.app:>=1.0.0,<1.1").contains("my.app:1.0.0 was installed"));
            assertTrue(done("collection", "install", "my.app", "-U").contains("my.app:1.1.0 was installed"));
            assertTrue(done("collection", "install", "my.app", "--pre", "-n", "-p", "pre").contains("2.0.0-beta.1"));
            assertTrue(done("collection", "install", "my.app:2.0.0-beta.1", "-p", "named").contains("2.0.0-beta.1"));
            assertTrue(done("collection", "install", "my.lib", "my.app", "-p", "both").contains("my.lib:1.5.0"),
                    "the older one, because of my.app");
            Cli.Said both = call("collection", "install", "my.lib:2.0.0", "my.app:1.1.0", "-p", "conflict");
            assertEquals(1, both.code());
            assertTrue(both.err().contains("""
                    Could not satisfy the following requirements:
                    * my.lib:2.0.0 (direct request)
                    * my.lib:>=1.0.0,<2.0.0 (dependency of my.app:1.1.0)"""), both.err());
            assertFalse(Files.exists(work.resolve("conflict")));

            done("collection", "download", "my.app", "-p", "down");
            assertEquals("""
                    collections:
                    - name: my-app-1.1.0.tar.gz
                      version: 1.1.0
                    - name: my-lib-1.5.0.tar.gz
                      version: 1.5.0
                    """, Files.readString(work.resolve("down/requirements.yml")));
            assertTrue(galaxy.asked().stream().allMatch(one -> one.endsWith("Basic dTpw")));
        }
    }

    @Test
    void saysWhatDiffers() throws IOException {
        try (GalaxyStub galaxy = galaxy(Optional.empty())) {
            done("collection", "install", "my.lib", "-s", galaxy.url());
            assertTrue(done("collection", "verify", "my.lib", "-s", galaxy.url()).endsWith(
                    "Successfully verified that checksums for 'my.lib:2.0.0' match the remote collection.\n"));
            write("collections/ansible_collections/my/lib/README.md", "other");
            write("collections/ansible_collections/my/lib/extra", "");
            for (String[] words : List.of(new String[]{"collection", "verify", "my.lib", "-s", galaxy.url()},
                    new String[]{"collection", "verify", "my.lib", "--offline"})) {
                Cli.Said said = call(words);
                assertEquals(1, said.code());
                assertTrue(said.out().endsWith("""
                        Collection my.lib contains modified content in the following files:
                            README.md
                            extra
                        """), said.out());
            }
        }
    }

    @Test
    void installsNothingWhoseChecksumIsWrong() throws IOException {
        try (GalaxyStub galaxy = galaxy(Optional.empty())) {
            galaxy.lie("my-lib-2.0.0.tar.gz");
            Cli.Said said = call("collection", "install", "my.lib", "-s", galaxy.url());
            assertEquals(1, said.code());
            assertTrue(said.err().contains("but its checksum is "), said.err());

            byte[] good = Files.readAllBytes(work.resolve("built/my-lib-1.5.0.tar.gz"));
            Files.write(work.resolve("short.tar.gz"), java.util.Arrays.copyOf(good, good.length - 40));
            assertEquals(1, call("collection", "install", "short.tar.gz").code());
            Files.write(work.resolve("evil.tar.gz"), tar(Map.of("MANIFEST.json",
                    "{\"collection_info\": {\"namespace\": \"a\", \"name\": \"b\", \"version\": \"1.0.0\"}}",
                    "FILES.json",
                    "{\"files\": []}")));
            assertTrue(call("collection", "install", "evil.tar.gz").err().contains("the checksum of FILES.json"));
            assertFalse(Files.exists(work.resolve("collections/ansible_collections/my/lib")));
            try (Stream<Path> files = Files.walk(work.resolve("collections"))) {
                assertTrue(files.noneMatch(file -> file.getFileName().toString().startsWith(".bramble")));
            }
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            ../../out          | text        | it names a file outside of it
            /tmp/out           | text        | it names a file outside of it
            tasks/link         | -> ../../.. | leads out of it
            tasks/link         | -> /etc     | leads out of it
            """)
    void unpacksNothingOutsideOfTheFolder(String name, String text, String why) throws IOException {
        Files.write(work.resolve("evil.tar.gz"), tar(Map.of("meta/main.yml", "{}\n", name, text)));
        Cli.Said said = call("role", "install", "evil.tar.gz,,evil");
        assertEquals(1, said.code());
        assertTrue(said.err().contains(why), said.err());
        assertFalse(Files.exists(work.resolve("roles/evil")));
        assertFalse(Files.exists(top.resolve("out")));
    }

    @Test
    void buildsCollectionsFromGitAndFolders() throws IOException {
        collection("ns", "coll", "1.0.0", "{}");
        write("sources/1.0.0/ns/coll/galaxy.yml", Files.readString(work.resolve("sources/1.0.0/ns/coll/galaxy.yml"))
                .replace("build_ignore: []", "build_ignore: ['*.secret', docs]"));
        write("sources/1.0.0/ns/coll/x.secret", "");
        done("collection", "install", "./sources/1.0.0/ns/coll");
        String first = tree("collections/ansible_collections/ns/coll");
        assertTrue(first.contains("MANIFEST.json") && !first.contains("x.secret") && !first.contains("galaxy.yml"),
                first);

        var files = new java.util.HashMap<String, String>();
        for (String name : List.of("galaxy.yml", "README.md", "meta/runtime.yml")) {
            files.put("below/coll/" + name, Files.readString(work.resolve("sources/1.0.0/ns/coll/" + name)));
        }
        String url = repository("multi", files, "v1");
        assertTrue(done("collection", "install", "git+" + url + "#/below/coll,v1", "-p", "g").contains(
                "ns.coll:1.0.0 was installed successfully"));
        assertTrue(done("collection", "install", "git+" + url + "#/below", "-p", "g2").contains("ns.coll:1.0.0"));
        write("git.yml", "collections:\n  - name: " + url + "\n    type: git\n    version: vX\n");
        write("roles/plain/tasks/main.yml", "[]\n");
        assertTrue(done("role", "list", "plain").endsWith("- plain, (unknown version)\n"));
        assertEquals(1, call("role", "init", "new", "--role-skeleton", "nowhere").code());
        assertFalse(Files.exists(work.resolve("new")), "nothing is left");
        write("file", "");
        Cli.Said taken = call("role", "install", "git+" + url, "-p", "file");
        assertTrue(taken.err().contains("file is there already"), taken.err());
        write("old.yml", "- geer.web\n");
        Cli.Said old = call("collection", "install", "-r", "old.yml");
        assertEquals(1, old.code(), old::toString);
        assertTrue(old.err().contains("this is a list of roles"), old.err());
        write("old.yml", "roles:\n- geer.web\n");
        assertEquals("Skipping install, no requirements found\n", done("collection", "install", "-r", "old.yml"));
        assertTrue(call("collection", "install", "-r", "git.yml").err().contains("no such branch, tag or commit"));
    }

    @Test
    void replacesNobodysOwnWork() throws IOException {
        String base = repository("base", Map.of("meta/main.yml", "dependencies: []\n"), "v1");
        write("roles/base/tasks/main.yml", "mine");
        Cli.Said role = call("role", "install", "git+" + base);
        assertEquals(1, role.code(), role.toString());
        assertTrue(role.err().contains("the specified role base appears to already exist. Use --force to replace it."),
                role.err());
        assertEquals("roles/base/tasks/main.yml", tree("roles"));
        done("role", "install", "git+" + base, "--force");
        assertTrue(tree("roles").contains("roles/base/meta/main.yml"), tree("roles"));
        Files.write(work.resolve("packed.tar.gz"), role("3"));
        done("role", "install", "file://" + work.resolve("packed.tar.gz"));
        assertTrue(tree("roles/packed").contains("roles/packed/tasks/main.yml"), tree("roles"));

        collection("ns", "coll", "1.0.0", "{}");
        write("collections/ansible_collections/ns/coll/own.txt", "mine");
        Cli.Said taken = call("collection", "install", "./sources/1.0.0/ns/coll");
        assertEquals(1, taken.code(), taken.toString());
        assertTrue(taken.err().contains("but what is there was not installed"), taken.err());
        assertEquals("collections/ansible_collections/ns/coll/own.txt", tree("collections"));
        done("collection", "install", "./sources/1.0.0/ns/coll", "--force");
        assertTrue(done("collection", "install", "./sources/1.0.0/ns/coll").contains("Nothing to do."));
        write("sources/1.0.0/ns/coll/README.md", "another text, of the same version");
        assertTrue(done("collection", "install", "./sources/1.0.0/ns/coll")
                .contains("ns.coll:1.0.0 was installed successfully"));
        assertEquals("another text, of the same version",
                Files.readString(work.resolve("collections/ansible_collections/ns/coll/README.md")));
    }

    /** What is wrong, and what is said of it. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            role install                          | 5 | you must specify a user/role name or a roles file
            install -r none.yml                   | 1 | does not exist
            install -r wrong.yml                  | 1 | Did you mean "roles"?
            install -r loop.yml                   | 1 | it includes itself
            role init bad/name                    | 1 | a role's name has letters
            collection init bad                   | 1 | name must be in the format <namespace>.<collection>
            collection build .                    | 1 | there is no galaxy.yml
            collection install nowhere/c          | 1 | neither a name like namespace.name
            collection install a.b:1.x            | 1 | Write 1.2.3, or a range
            collection install                    | 1 | You must specify a collection name or a requirements file
            role install ./nowhere                | 1 | there is no such file or folder
            role install geer.web -s ftp://x      | 1 | it is no address of a web server
            role instal x                         | 2 | invalid choice: 'instal'
            """)
    void saysWhatIsWrong(String line, int code, String what) throws IOException {
        write("wrong.yml", "role:\n  - a.b\n");
        write("loop.yml", "- include: loop2.yml\n");
        write("loop2.yml", "- include: loop.yml\n");
        Cli.Said said = call(line.split(" +", -1));
        assertEquals(code, said.code(), said.toString());
        assertTrue(said.err().contains(what), said.err());
    }

    @Test
    void makesRolesAndCollections() throws IOException {
        assertEquals("- Role web was created successfully\n", done("init", "web"));
        assertEquals(1, call("init", "web").code());
        write("play.yml", "- hosts: localhost\n  gather_facts: false\n  roles: [web, ns.coll.r]\n");
        done("role", "init", "web", "--init-path", "roles");
        done("collection", "init", "ns.coll", "--init-path", "collections/ansible_collections");
        write("collections/ansible_collections/ns/coll/roles/r/tasks/main.yml", "- ping:\n");
        Cli.Said played = new Cli(work, top.resolve("data")).call("ansible-playbook", "-c", "local", "play.yml");
        assertEquals(0, played.code(), played.toString());

        write("skeleton/meta/main.yml.j2", "author: {{ author }} of {{ role_name }}\n");
        write("skeleton/templates/x.j2", "{{ stays }}\n");
        write("skeleton/.git/config", "");
        done("init", "db", "--role-skeleton", "skeleton");
        assertEquals("db/meta/main.yml\ndb/templates/x.j2", tree("db"));
        assertEquals("author: your name of db\n", Files.readString(work.resolve("db/meta/main.yml")));
    }
}
