package bramble.modules.boot;

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

    @TempDir
    private Path folder;

    private StandIn board;

    @BeforeEach
    void standIn() throws IOException {
        board = new StandIn(folder, "rpi-eeprom-config", STAND_IN);
        Files.writeString(folder.resolve("settings"), "[all]\nBOOT_UART=0\nWAKE_ON_GPIO=1\n\n");
    }

    @AfterEach
    void close() {
        board.close();
    }

    @Test
    void theBootLoaderGetsItsSettingsOnce() throws Exception {
        String args = "settings: {BOOT_ORDER: '0xf21', WAKE_ON_GPIO: 0, BOOT_UART: 0}";
        String after = "[all]\nBOOT_UART=0\nWAKE_ON_GPIO=0\nBOOT_ORDER=0xf21\n";

        assertEquals("true " + after, board.both(new EepromConfigModule(), args));
        assertEquals(after, Files.readString(folder.resolve("update")));
        assertEquals("false", board.both(new EepromConfigModule(), args));
        assertEquals("true [all]\nBOOT_UART=0\nBOOT_ORDER=0xf21\n",
                board.both(new EepromConfigModule(), "{settings: {WAKE_ON_GPIO: 0}, state: absent}"));
    }

    @Test
    void aBoardWithoutSuchABootLoaderIsTold() throws Exception {
        Files.writeString(folder.resolve("broken"), "");
        assertEquals(
                "Tried to read the boot loader's settings, but rpi-eeprom-config says: No EEPROM found",
                board.both(new EepromConfigModule(), "settings: {BOOT_ORDER: '0x1'}"));
    }

    @Test
    void aLightIsToldAtOnceAndForLater() throws Exception {
        Path light = Files.createDirectories(folder.resolve("leds/led0"));
        Files.writeString(light.resolve("trigger"), "none [mmc0] heartbeat\n");
        Files.writeString(light.resolve("brightness"), "0\n");
        Files.writeString(folder.resolve("config.txt"), "dtparam=audio=on\n");
        String args = "{name: act, trigger: heartbeat, folder: %s, leds: %s}".formatted(folder, folder.resolve("leds"));

        assertEquals("true heartbeat\n", board.both(new LedModule(), args));
        assertEquals("heartbeat\n", Files.readString(light.resolve("trigger")));
        assertEquals("dtparam=audio=on\ndtparam=act_led_trigger=heartbeat\n",
                Files.readString(folder.resolve("config.txt")));
    }
}
