package bramble.modules.containers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import bramble.testkit.StandIn;
import bramble.value.Json;
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
            *'install --replace '*) echo "$*" >>$s/told; cat >$s/values
              echo '[{"name":"dash","namespace":"ops","revision":"3","status":"deployed","chart":"grafana-8.3.6"}]' >$s/release ;;
            *' uninstall '*--keep-history) sed -i s/deployed/uninstalled/ $s/release ;;
            *' uninstall '*) echo "$*" >>$s/told; rm $s/release $s/values ;;
            'dependency update '*) echo "$*" >>$s/told ;;
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
    void singleValuesCountMoreThanOthers() throws Exception {
        Files.writeString(bin.resolve("motto"), "light, everywhere");
        String args = "{name: dash, namespace: ops, chart_ref: ./grafana, dependency_update: yes, post_renderer: /bin/cat,"
                + " api_key: t0ken, host: 'https://k.lan', values: {word: a, image: {tag: '1', name: dash}}, set_values: [{value: 'image.tag=2,on=%s'},"
                + " {value: 'id=007,ports={80,x}', value_type: string}, {value: 'more=[{\"a\": null}]', value_type: json},"
                + " {value: 'motto=" + bin + "/motto', value_type: file}, {value: 'hosts[1].name=a\\,b'}]}";

        assertEquals("true {exists=TRUE}", helm.both(new HelmModule(), args.formatted("true")));
        assertEquals(
                Json.parse(
                        """
                                {"word": "a", "image": {"tag": 2, "name": "dash"}, "on": true, "id": "007", "ports": ["80", "x"], "more": [{"a": null}],
                                 "motto": "light, everywhere", "hosts": [null, {"name": "a,b"}]}"""),
                Json.parse(Files.readString(bin.resolve("values"))));
        assertEquals("false", helm.both(new HelmModule(), args.formatted("true")));
        assertTrue(helm.both(new HelmModule(), args.formatted("007")).contains("on=007"), "another value");
        assertEquals(
                "dependency update ./grafana\n--kube-apiserver https://k.lan --namespace ops upgrade --install dash"
                        + " ./grafana --values - --reset-values --post-renderer /bin/cat",
                String.join("\n", Files.readAllLines(bin.resolve("told")).subList(0, 2)));
    }

    @Test
    void whatIsNoLineOfValuesIsSaid() throws Exception {
        String args = "{name: dash, namespace: ops, chart_ref: a/b, set_values: [%s]}";

        assertEquals(
                "Tried to read the item lamp of set_values, but it has no =: it is of the form name=value, where name"
                        + " may be image.tag or hosts[0].",
                helm.both(new HelmModule(), args.formatted("{value: lamp}")));
        assertTrue(helm.both(new HelmModule(), args.formatted("{value: 'a={b', value_type: raw}"))
                .contains("a brace isn't closed"));
        assertTrue(
                helm.both(new HelmModule(), args.formatted("{value: 'a=b', value_type: json}")).contains("is no JSON"));
        assertTrue(helm.both(new HelmModule(), args.formatted("{value: 'a=/nowhere', value_type: file}"))
                .contains("Tried to read /nowhere for set_values"));
    }

    @Test
    void aReleaseThatIsKeptIsTakenAgain() throws Exception {
        String args = "{name: dash, namespace: ops, chart_ref: grafana/grafana, state: %s, purge: no, replace: yes}";

        assertEquals("true {exists=TRUE}", helm.both(new HelmModule(), args.formatted("present")));
        assertEquals("true {exists=FALSE}", helm.both(new HelmModule(), args.formatted("absent")));
        assertEquals("false", helm.both(new HelmModule(), args.formatted("absent")));
        assertEquals("true {exists=TRUE}", helm.both(new HelmModule(), args.formatted("present")));
        assertEquals("false", helm.both(new HelmModule(), args.formatted("present")));
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
