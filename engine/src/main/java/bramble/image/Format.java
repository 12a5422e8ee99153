package bramble.image;

import bramble.image.FirstBoot.Wish;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** How a system is told, by files of its boot partition, what to do at its first start. */
public enum Format {
    /** Raspberry Pi OS since the end of 2025, Ubuntu. */
    CLOUD_INIT("cloud-init", EnumSet.allOf(Wish.class)) {
        @Override
        Map<String, String> files(FirstBoot wanted, BootSystem system, Files there) {
            return CloudInit.files(wanted, system, there);
        }
    },
    /** Raspberry Pi OS from 2023 on: a file for the program that runs before all others. */
    CUSTOM_TOML("custom.toml", EnumSet.of(Wish.SSH, Wish.HOST_NAME, Wish.USER, Wish.KEYS, Wish.NO_PASSWORDS, Wish.WIFI,
            Wish.KEYBOARD, Wish.TIME_ZONE)) {
        @Override
        Map<String, String> files(FirstBoot wanted, BootSystem system, Files there) {
            return Map.of(CustomToml.NAME, CustomToml.text(wanted));
        }
    },
    /** Raspberry Pi OS since 2019: a script that systemd runs because the kernel's parameters say so. */
    FIRSTRUN("firstrun.sh", EnumSet.allOf(Wish.class)) {
        @Override
        Map<String, String> files(FirstBoot wanted, BootSystem system, Files there) {
            return Map.of(FirstRun.NAME, FirstRun.text(wanted));
        }
    },
    /** The files that Raspberry Pi OS had before all this. */
    FILES("files", EnumSet.of(Wish.SSH, Wish.USER, Wish.WIFI)) {
        @Override
        Map<String, String> files(FirstBoot wanted, BootSystem system, Files there) {
            var files = new LinkedHashMap<String, String>();
            wanted.wifi().ifPresent(wifi -> files.put("wpa_supplicant.conf", WpaSupplicant.text(wifi)));
            wanted.user().filter(_ -> system.users()).flatMap(user -> user.hash().map(hash -> user.name() + ":" + hash))
                    .ifPresent(line -> files.put("userconf.txt", line + "\n"));
            files.put("ssh", "");
            return files;
        }

        @Override
        Set<Wish> carried(FirstBoot wanted, BootSystem system) {
            Set<Wish> carried = super.carried(wanted, system);
            if (!system.users() || wanted.user().filter(user -> user.hash().isPresent()).isEmpty()) {
                carried.remove(Wish.USER);
            }
            return carried;
        }
    };

    private final String words;
    @SuppressWarnings("ImmutableEnumChecker") // nobody changes it
    private final Set<Wish> carries;

    Format(String words, Set<Wish> carries) {
        this.words = words;
        this.carries = carries;
    }

    /** What is on the boot partition; empty for what isn't. */
    @FunctionalInterface
    interface Files {
        Optional<String> text(String name);
    }

    /** The files, in the order in which they are to be written, each with its content. */
    abstract Map<String, String> files(FirstBoot wanted, BootSystem system, Files there);

    /** What of all this a system will hear. */
    Set<Wish> carried(FirstBoot wanted, BootSystem system) {
        return EnumSet.copyOf(carries);
    }

    /** What would be left out. */
    Set<Wish> leftOut(FirstBoot wanted, BootSystem system) {
        Set<Wish> left = EnumSet.copyOf(wanted.wishes());
        left.removeAll(carried(wanted, system));
        return left;
    }

    /** The one of that name. */
    public static Optional<Format> named(String name) {
        return Arrays.stream(values()).filter(one -> one.words.equals(name)).findFirst();
    }

    /** The name by which people know it. */
    @Override
    public String toString() {
        return words;
    }
}
