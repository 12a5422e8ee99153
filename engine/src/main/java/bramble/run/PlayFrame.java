package bramble.run;

import bramble.playbook.Play;
import bramble.value.MapValue;
import java.util.List;
import java.util.Set;

/**
 * The play that is going on, as its hosts see it.
 *
 * @param prompted answers to the play's {@code vars_prompt}
 * @param hosts all hosts of the play, those too that failed in plays before
 * @param batch the hosts of this batch
 * @param gone the hosts that failed, in plays before too, or ended the play for themselves, kept up to date by the play
 */
record PlayFrame(Play play, String name, MapValue prompted, List<String> hosts, List<String> batch,
        Set<String> gone) {
    PlayFrame {
        hosts = List.copyOf(hosts);
        batch = List.copyOf(batch);
    }
}
