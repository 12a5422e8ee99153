package bramble.modules.boot;

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
 * What a board is told. No board is here: a stand-in for rpi-eeprom-config keeps the settings in a file and puts updates, as
 * it is documented to, aside until the next start; a folder stands in for the kernel's lights. What the board does isn't shown by
 * them.
 */
class BoardTest {
    private static final String STAND_IN = """
            #!/bin/sh
            s=$(dirname "$0")
            case $1 in
            --apply) cp "$2" $s/update; echo "Updating bootloader EEPROM" ;;
            '') if [ -f $s/broken ]; then echo 'No EEPROM found' >&2; exit 1; fi; cat $s/update 2>/dev/null || cat $s/settings ;;
            *) exit 2 ;;
            esac
            """;

    private final LocalNode node = LocalNode.plain();

    @TempDir
    private Path folder;

    @BeforeEach
    void standIn() throws IOException {
        Path tool = Files.writeString(folder.resolve("rpi-eeprom-config"), STAND_IN);
        Files.setPosixFilePermissions(tool, PosixFilePermissions.fromString("rwxr-xr-x"));
        Files.writeString(folder.resolve("settings"), "[all]\nBOOT_UART=0\nWAKE_ON_GPIO=1\n\n");
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
                Sh.of("PATH={}:$PATH\n", folder.toString())).run(module, bound)) {
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
    void theBootLoaderGetsItsSettingsOnce() throws Exception {
        String args = "settings: {BOOT_ORDER: '0xf21', WAKE_ON_GPIO: 0, BOOT_UART: 0}";
        String after = "[all]\nBOOT_UART=0\nWAKE_ON_GPIO=0\nBOOT_ORDER=0xf21\n";

        assertEquals("true " + after, both(new EepromConfigModule(), args));
        assertEquals(after, Files.readString(folder.resolve("update")));
        assertEquals("false", both(new EepromConfigModule(), args));
        assertEquals("true [all]\nBOOT_UART=0\nBOOT_ORDER=0xf21\n",
                both(new EepromConfigModule(), "{settings: {WAKE_ON_GPIO: 0}, state: absent}"));
    }

    @Test
    void aBoardWithoutSuchABootLoaderIsTold() throws Exception {
        Files.writeString(folder.resolve("broken"), "");
        assertEquals(
                "Tried to read the boot loader's settings, but rpi-eeprom-config says: No EEPROM found",
                both(new EepromConfigModule(), "settings: {BOOT_ORDER: '0x1'}"));
    }

    @Test
    void aLightIsToldAtOnceAndForLater() throws Exception {
        Path light = Files.createDirectories(folder.resolve("leds/led0"));
        Files.writeString(light.resolve("trigger"), "none [mmc0] heartbeat\n");
        Files.writeString(light.resolve("brightness"), "0\n");
        Files.writeString(folder.resolve("config.txt"), "dtparam=audio=on\n");
        String args = "{name: act, trigger: heartbeat, folder: %s, leds: %s}".formatted(folder, folder.resolve("leds"));

        assertEquals("true heartbeat\n", both(new LedModule(), args));
        assertEquals("heartbeat\n", Files.readString(light.resolve("trigger")));
        assertEquals("dtparam=audio=on\ndtparam=act_led_trigger=heartbeat\n",
                Files.readString(folder.resolve("config.txt")));
    }
}
