package bramble.modules.containers;

import static org.junit.jupiter.api.Assertions.assertEquals;

import bramble.args.Schema;
import bramble.module.TaskModule;
import bramble.problem.Source;
import bramble.run.NodeTask;
import bramble.run.Overlay;
import bramble.shell.Sh;
import bramble.testkit.LocalNode;
import bramble.testkit.NoFiles;
import bramble.value.MapValue;
import bramble.yaml.NodeValues;
import bramble.yaml.YamlReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What helm is told. There is neither helm nor a cluster here: a stand-in answers as helm 3 is documented to, and keeps one
 * release and one repository in files. What a real helm then does isn't shown by it.
 */
class HelmModuleTest {
    private static final String STAND_IN = """
            #!/bin/sh
            s=$(dirname "$0")
            case "$*" in
            'repo list '*) if [ -f $s/repos ]; then cat $s/repos; else echo 'Error: no repositories to show' >&2; exit 1; fi ;;
            'repo add '*) echo "$*" >>$s/told; cat >>$s/told; echo "[{\\"name\\":\\"$3\\",\\"url\\":\\"$4\\"}]" >$s/repos ;;
            'repo remove '*) rm $s/repos ;;
            *' list '*) if [ -f $s/release ]; then cat $s/release; else echo '[]'; fi ;;
            *' get values '*) if [ -f $s/values ]; then cat $s/values; else echo 'Error: release: not found' >&2; exit 1; fi ;;
            *' upgrade '*) echo "$*" >>$s/told; cat >$s/values
              echo '[{"name":"dash","namespace":"ops","revision":"1","status":"deployed","chart":"grafana-8.3.6"}]' >$s/release ;;
            *' uninstall '*) echo "$*" >>$s/told; rm $s/release $s/values ;;
            *) echo "what is $*?" >&2; exit 2 ;;
            esac
            """;

    private final LocalNode node = LocalNode.plain();

    @TempDir
    Path bin;

    @BeforeEach
    void standIn() throws IOException {
        Files.writeString(bin.resolve("helm"), STAND_IN);
        Files.setPosixFilePermissions(bin.resolve("helm"), PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    @AfterEach
    void close() {
        node.close();
    }

    private <A extends Record, S> String run(TaskModule<A, S> module, boolean dry, String args)
            throws IOException, InterruptedException {
        var given = (MapValue) NodeValues.plain(YamlReader.read(args, "args", _ -> {}).getFirst());
        A bound = Schema.of(module.args()).bind(module.name(), given, Source.NONE, new NoFiles());
        return switch (new NodeTask(node::ask, node.platform(), new Overlay(), dry,
                Sh.of("PATH={}:$PATH\n", bin.toString())).run(module, bound)) {
            case NodeTask.Ending.Done(var changes, var verdict) -> verdict.failure()
                    .orElseGet(() -> verdict.changed()
                            + (changes.isEmpty() ? "" : " " + changes.getFirst().diff().after()));
            case NodeTask.Ending.Refused(String why, _) -> why;
            case NodeTask.Ending.Undetermined(String why) -> "undetermined: " + why;
        };
    }

    private <A extends Record, S> String both(TaskModule<A, S> module, String args)
            throws IOException, InterruptedException {
        String foreseen = run(module, true, args);
        String done = run(module, false, args);
        assertEquals(done, foreseen, "what the dry run foresaw");
        return done;
    }

    @Test
    void aReleaseIsInstalledUpgradedAndRemoved() throws Exception {
        String args = "{name: dash, namespace: ops, chart_ref: grafana/grafana, chart_version: %s, create_namespace: yes, values: {word: %s}, state: %s}";

        assertEquals("true {exists=TRUE}", both(new HelmModule(), args.formatted("8.3.6", "s3same", "present")));
        assertEquals("false", both(new HelmModule(), args.formatted("8.3.6", "s3same", "present")));
        assertEquals("true {values={word=other}}", both(new HelmModule(), args.formatted("8.3.6", "other", "present")));
        assertEquals("true {chart=grafana-9.0.0}", both(new HelmModule(), args.formatted("9.0.0", "other", "present")));
        assertEquals("true {exists=FALSE}", both(new HelmModule(), args.formatted("8.3.6", "other", "absent")));
        assertEquals("false", both(new HelmModule(), args.formatted("8.3.6", "other", "absent")));
        assertEquals(
                "--namespace ops upgrade --install dash grafana/grafana --version 8.3.6 --values - --create-namespace --reset-values",
                Files.readAllLines(bin.resolve("told")).getFirst());
    }

    @Test
    void aRepositoryIsAddedAndForgotten() throws Exception {
        String args = "{name: house, url: 'https://%s', username: cluster, password: s3same}";

        assertEquals("true https://charts.lan\n", both(new HelmRepositoryModule(), args.formatted("charts.lan")));
        assertEquals("false", both(new HelmRepositoryModule(), args.formatted("charts.lan")));
        assertEquals(
                "Tried to add the repository house with the address https://other.lan, but helm knows it with the address"
                        + " https://charts.lan (force_update takes the new one).",
                both(new HelmRepositoryModule(), args.formatted("other.lan")));
        assertEquals("true ", both(new HelmRepositoryModule(), "{name: house, state: absent}"));
        assertEquals("repo add house https://charts.lan --username cluster --password-stdin\ns3same",
                Files.readString(bin.resolve("told")));
    }
}
