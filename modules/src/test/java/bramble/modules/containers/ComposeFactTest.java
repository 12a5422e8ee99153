package bramble.modules.containers;

import static org.junit.jupiter.api.Assertions.assertEquals;

import bramble.shell.Answer;
import bramble.shell.Sh;
import bramble.value.ListValue;
import bramble.value.Value;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What Compose 2.26 prints, written down from a real one. */
class ComposeFactTest {
    private static Optional<ComposeFact.Outlook> read(String printed) {
        return new ComposeFact(new ComposeFact.Project(Sh.raw("docker compose"), ""), List.of("up"), List.of())
                .parse(new Answer(0, printed.getBytes(StandardCharsets.UTF_8), new byte[0]));
    }

    @Test
    void onlyWhatChangesIsAStep() {
        var outlook = read("""
                 DRY-RUN MODE -  Container p-old-1  Running
                 DRY-RUN MODE -  Container p-web-1  Recreate
                 DRY-RUN MODE -  Container p-web-1  Recreated
                 DRY-RUN MODE -  Container 14deeb4942ce_p-web-1  Starting
                 DRY-RUN MODE -  Container 14deeb4942ce_p-web-1  Started
                 DRY-RUN MODE -  Container p-kept-1  Created
                 DRY-RUN MODE -  Network p_default  Removing
                --status 0
                {"Name":"p-kept-1","State":"exited","Labels":"a=b,c=d,e","Networks":"p_default,q"}
                --images
                []
                """).orElseThrow();

        assertEquals("[{what=container, id=p-web-1, status=Recreated}, {what=container, id=p-web-1, status=Started}, "
                + "{what=network, id=p_default, status=Removed}]", outlook.steps().toString());
        assertEquals("[{Name=p-kept-1, State=exited, Labels={a=b, c=d,e}, Networks=[p_default, q]}]",
                outlook.containers().toString());
        assertEquals("", outlook.trouble());
        assertEquals("[{what=container, id=p-web-1, status=Recreating}, {what=container, id=p-web-1, status=Starting}, "
                + "{what=network, id=p_default, status=Removing}]", ComposeFact.told(outlook.steps()).toString());
    }

    @Test
    void stepsAreToldByWhatIsDone() {
        List<Value> steps = ComposeFact.steps(List.of(" Container a  Created", " Container a  Started",
                " Container a  Killed", " Container a  Restarted", " Container a  Stopped", " app Pulled",
                " app  Built"));
        assertEquals(List.of("Creating", "Killing", "Restarting", "Starting", "Stopping", "Building", "Pulling"),
                ((ListValue) ComposeFact.told(steps)).items().stream().map(step -> Tree.text(step, "status")).toList());
    }

    @Test
    void whatCannotBeDoneIsSaid() {
        var outlook = read(" DRY-RUN MODE -  web Pulling \nno such host\n--status 18\n--images\n").orElseThrow();

        assertEquals("no such host", outlook.trouble());
    }

    @Test
    void aDockerWithoutCompose() {
        assertEquals(Optional.empty(), read("docker: 'compose' is not a docker command.\n--status 1\n--images\n"));
        assertEquals(Optional.empty(), read("unknown shorthand flag: 'p' in -p\n--status 125\n--images\n"));
        assertEquals(Optional.empty(), read(""));
    }
}
