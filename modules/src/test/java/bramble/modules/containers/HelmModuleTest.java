package bramble.modules.containers;

import static org.junit.jupiter.api.Assertions.assertEquals;

import bramble.testkit.StandIn;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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

    @TempDir
    Path bin;

    private StandIn helm;

    @BeforeEach
    void standIn() throws IOException {
        helm = new StandIn(bin, "helm", STAND_IN);
    }

    @AfterEach
    void close() {
        helm.close();
    }

    @Test
    void aReleaseIsInstalledUpgradedAndRemoved() throws Exception {
        String args = "{name: dash, namespace: ops, chart_ref: grafana/grafana, chart_version: %s, create_namespace: yes, values: {word: %s}, state: %s}";

        assertEquals("true {exists=TRUE}", helm.both(new HelmModule(), args.formatted("8.3.6", "s3same", "present")));
        assertEquals("false", helm.both(new HelmModule(), args.formatted("8.3.6", "s3same", "present")));
        assertEquals("true {values={word=other}}",
                helm.both(new HelmModule(), args.formatted("8.3.6", "other", "present")));
        assertEquals("true {chart=grafana-9.0.0}",
                helm.both(new HelmModule(), args.formatted("9.0.0", "other", "present")));
        assertEquals("true {exists=FALSE}", helm.both(new HelmModule(), args.formatted("8.3.6", "other", "absent")));
        assertEquals("false", helm.both(new HelmModule(), args.formatted("8.3.6", "other", "absent")));
        assertEquals(
                "--namespace ops upgrade --install dash grafana/grafana --version 8.3.6 --values - --create-namespace --reset-values",
                Files.readAllLines(bin.resolve("told")).getFirst());
    }

    @Test
    void aRepositoryIsAddedAndForgotten() throws Exception {
        String args = "{name: house, url: 'https://%s', username: cluster, password: s3same}";

        assertEquals("true https://charts.lan\n", helm.both(new HelmRepositoryModule(), args.formatted("charts.lan")));
        assertEquals("false", helm.both(new HelmRepositoryModule(), args.formatted("charts.lan")));
        assertEquals(
                "Tried to add the repository house with the address https://other.lan, but helm knows it with the address"
                        + " https://charts.lan (force_update takes the new one).",
                helm.both(new HelmRepositoryModule(), args.formatted("other.lan")));
        assertEquals("true ", helm.both(new HelmRepositoryModule(), "{name: house, state: absent}"));
        assertEquals("repo add house https://charts.lan --username cluster --password-stdin\ns3same",
                Files.readString(bin.resolve("told")));
    }
}
