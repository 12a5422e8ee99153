package bramble.image;

import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What a node is to be from its first start on. {@code toString} tells no secret.
 *
 * @param node what the inventory calls it
 * @param user who can log in, the only one that a fresh system has
 * @param passwords whether somebody may log in with a password
 * @param address a fixed one; by DHCP if empty
 * @param hostKey by which the node proves who it is; if empty, the node makes one itself
 * @param copied if the system isn't fresh, but the copy of one that has run: its users stay
 */
public record FirstBoot(String node, String hostName, Optional<User> user, boolean passwords, Optional<Address> address,
        Optional<Wifi> wifi, Optional<String> locale, Optional<String> keyboard, Optional<String> timeZone,
        Optional<HostKey> hostKey, Optional<Copied> copied) {

    /** The same, on a copy of a system that has run. */
    FirstBoot of(Copied copy) {
        return new FirstBoot(node, hostName, user, passwords, address, wifi, locale, keyboard, timeZone, hostKey,
                Optional.of(copy));
    }

    /** What a format may carry or not, in the words of a message. */
    public enum Wish {
        SSH("SSH on"),
        HOST_NAME("the host name"),
        USER("the user"),
        KEYS("the user's keys"),
        NO_PASSWORDS("that nobody logs in with a password"),
        ADDRESS("the fixed address"),
        WIFI("the Wi-Fi"),
        LOCALE("the locale"),
        KEYBOARD("the keyboard"),
        TIME_ZONE("the time zone"),
        HOST_KEY("the host key");

        private final String words;

        Wish(String words) {
            this.words = words;
        }

        @Override
        public String toString() {
            return words;
        }
    }

    /**
     * A user.
     *
     * @param hash of the password, as /etc/shadow has it
     * @param keys lines of authorized_keys
     * @param sudo what stands behind the name in a file of sudo's; empty if nothing is to
     */
    public record User(String name, Optional<String> hash, List<String> keys, Optional<String> sudo) {
        public User {
            keys = List.copyOf(keys);
        }

        @Override
        public String toString() {
            return name;
        }
    }

    /**
     * A fixed IPv4 address.
     *
     * @param interfaceName {@code eth0}, say
     */
    public record Address(String interfaceName, String address, int prefix, Optional<String> gateway,
            List<String> nameServers, List<String> search) {
        public Address {
            nameServers = List.copyOf(nameServers);
            search = List.copyOf(search);
        }

        String withPrefix() {
            return address + "/" + prefix;
        }
    }

    /**
     * A network without wires.
     *
     * @param psk its key of 64 hexadecimal digits; empty for an open network
     * @param country two capital letters
     */
    public record Wifi(String ssid, Optional<String> psk, Optional<String> country, boolean hidden) {
        static final String INTERFACE = "wlan0";

        @Override
        public String toString() {
            return ssid;
        }
    }

    /**
     * A node's key of SSH.
     *
     * @param secret the private key's file
     * @param open the public key's line
     * @param certificate an authority's, for the public key
     */
    public record HostKey(String secret, String open, Optional<Certificate> certificate) {
        /**
         * An authority's word for a key.
         *
         * @param text its line
         * @param authority the authority's public key
         */
        public record Certificate(String text, String authority) {}

        /** Its kind and its text, without a comment. */
        public String bare() {
            String[] words = open.strip().split("\\s+", 3);
            return words[0] + " " + words[1];
        }

        @Override
        public String toString() {
            return bare();
        }
    }

    /** All that is wanted beyond what a fresh system does by itself. */
    Set<Wish> wishes() {
        Set<Wish> wishes = EnumSet.of(Wish.SSH, Wish.HOST_NAME);
        user.ifPresent(one -> {
            wishes.add(Wish.USER);
            if (!one.keys().isEmpty()) {
                wishes.add(Wish.KEYS);
            }
        });
        if (!passwords) {
            wishes.add(Wish.NO_PASSWORDS);
        }
        address.ifPresent(_ -> wishes.add(Wish.ADDRESS));
        wifi.ifPresent(_ -> wishes.add(Wish.WIFI));
        locale.ifPresent(_ -> wishes.add(Wish.LOCALE));
        keyboard.ifPresent(_ -> wishes.add(Wish.KEYBOARD));
        timeZone.ifPresent(_ -> wishes.add(Wish.TIME_ZONE));
        hostKey.ifPresent(_ -> wishes.add(Wish.HOST_KEY));
        return wishes;
    }
}
