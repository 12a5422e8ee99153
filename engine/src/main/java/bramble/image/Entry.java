package bramble.image;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * A name in a folder of a FAT file system: a slot of 32 bytes, and before it those of a long name.
 *
 * @param name the long one, if there is one
 * @param from where its first slot is in the folder
 * @param at where its last slot is
 * @param slot that slot's bytes
 */
record Entry(String name, int from, int at, byte[] slot) {
    static final int BYTES = 32;
    static final byte REMOVED = (byte) 0xe5;

    private static final Charset OEM = Charset.forName("IBM437");
    private static final String ALLOWED = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789$%'-_@~`!(){}^#&";
    private static final int LONG = 0x0f;
    private static final int LABEL = 0x08;
    private static final int FOLDER = 0x10;
    private static final int LOWER_BASE = 0x08;
    private static final int LOWER_EXTENSION = 0x10;
    private static final int UNITS = 13; // of UTF-16 in a slot
    private static final int[] PLACES = {1, 3, 5, 7, 9, 14, 16, 18, 20, 22, 24, 28, 30};

    static List<Entry> all(byte[] folder) {
        var entries = new ArrayList<Entry>();
        var longName = new StringBuilder();
        int from = -1;
        int checksum = -1;
        for (int at = 0; at + BYTES <= folder.length && folder[at] != 0; at += BYTES) {
            byte[] slot = Arrays.copyOfRange(folder, at, at + BYTES);
            int attributes = slot[11] & 0xff;
            if (slot[0] == REMOVED) {
                from = -1;
            } else if (attributes == LONG) {
                if ((slot[0] & 0x40) != 0) {
                    longName.setLength(0);
                    from = at;
                    checksum = slot[13] & 0xff;
                }
                longName.insert(0, units(slot));
            } else {
                boolean whole = from >= 0 && checksum == checksum(slot);
                if ((attributes & LABEL) == 0) {
                    entries.add(new Entry(whole ? longName.toString() : shortName(slot), whole ? from : at, at, slot));
                }
                from = -1;
            }
        }
        return entries;
    }

    private static String units(byte[] slot) {
        ByteBuffer units = ByteBuffer.wrap(slot).order(ByteOrder.LITTLE_ENDIAN);
        var text = new StringBuilder();
        for (int place : PLACES) {
            char unit = units.getChar(place);
            if (unit == 0) {
                break;
            }
            text.append(unit);
        }
        return text.toString();
    }

    private static String shortName(byte[] slot) {
        byte[] bytes = slot.clone();
        if (bytes[0] == 5) {
            bytes[0] = REMOVED; // a letter of Japan's, which would be taken for that
        }
        String base = new String(bytes, 0, 8, OEM).stripTrailing();
        String extension = new String(bytes, 8, 3, OEM).stripTrailing();
        String shown = (slot[12] & LOWER_BASE) != 0 ? base.toLowerCase(Locale.ROOT) : base;
        String behind = (slot[12] & LOWER_EXTENSION) != 0 ? extension.toLowerCase(Locale.ROOT) : extension;
        return behind.isEmpty() ? shown : shown + "." + behind;
    }

    private static int checksum(byte[] slot) {
        int sum = 0;
        for (int i = 0; i < 11; i++) {
            sum = ((sum & 1) << 7 | sum >> 1) + (slot[i] & 0xff) & 0xff;
        }
        return sum;
    }

    boolean called(String other) {
        return name.equalsIgnoreCase(other) || shortName(slot).equalsIgnoreCase(other);
    }

    boolean dots() {
        return slot[0] == '.';
    }

    boolean folder() {
        return (slot[11] & FOLDER) != 0;
    }

    int cluster() {
        ByteBuffer fields = ByteBuffer.wrap(slot).order(ByteOrder.LITTLE_ENDIAN);
        return ((fields.getShort(20) & 0xffff) << 16) | (fields.getShort(26) & 0xffff);
    }

    int size() {
        return ByteBuffer.wrap(slot).order(ByteOrder.LITTLE_ENDIAN).getInt(28);
    }

    /** The same name with another content. */
    Entry with(int cluster, int size, LocalDateTime now) {
        byte[] changed = slot.clone();
        fill(changed, cluster, size, now);
        changed[11] |= 0x20; // to be archived
        return new Entry(name, from, at, changed);
    }

    static byte[] dots(String name, int cluster, LocalDateTime now) {
        byte[] slot = new byte[BYTES];
        Arrays.fill(slot, 0, 11, (byte) ' ');
        System.arraycopy(name.getBytes(StandardCharsets.US_ASCII), 0, slot, 0, name.length());
        slot[11] = FOLDER;
        fill(slot, cluster, 0, now);
        return slot;
    }

    private static void fill(byte[] slot, int cluster, int size, LocalDateTime now) {
        short date = (short) (Math.max(0, now.getYear() - 1980) << 9 | now.getMonthValue() << 5 | now.getDayOfMonth());
        short time = (short) (now.getHour() << 11 | now.getMinute() << 5 | now.getSecond() / 2);
        ByteBuffer fields = ByteBuffer.wrap(slot).order(ByteOrder.LITTLE_ENDIAN);
        if (fields.getShort(16) == 0) {
            fields.putShort(14, time).putShort(16, date);
        }
        fields.putShort(18, date).putShort(20, (short) (cluster >> 16)).putShort(22, time).putShort(24, date)
                .putShort(26, (short) cluster).putInt(28, size);
    }

    /** The slots of a new name. */
    static byte[] slots(String name, List<Entry> others, boolean folder, int cluster, int size, LocalDateTime now) {
        byte[] last = new byte[BYTES];
        boolean plain = plain(name, last);
        if (!plain) {
            alias(name, others, last);
        }
        last[11] = (byte) (folder ? FOLDER : 0x20);
        fill(last, cluster, size, now);
        int before = plain ? 0 : (name.length() + UNITS - 1) / UNITS;
        ByteBuffer slots = ByteBuffer.allocate((before + 1) * BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < before; i++) {
            int number = before - i;
            int at = i * BYTES;
            slots.put(at, (byte) (number | (i == 0 ? 0x40 : 0))).put(at + 11, (byte) LONG)
                    .put(at + 13, (byte) checksum(last));
            for (int unit = 0; unit < UNITS; unit++) {
                int index = (number - 1) * UNITS + unit;
                slots.putChar(at + PLACES[unit],
                        index < name.length() ? name.charAt(index) : index == name.length() ? 0 : (char) 0xffff);
            }
        }
        slots.put(before * BYTES, last);
        return slots.array();
    }

    /** How many slots a new name takes. */
    static int slotsOf(String name) {
        return plain(name, new byte[BYTES]) ? 1 : 1 + (name.length() + UNITS - 1) / UNITS;
    }

    /** Fills in a name that fits a slot, of one case on either side of its dot. */
    private static boolean plain(String name, byte[] slot) {
        int dot = name.lastIndexOf('.');
        String base = dot < 0 ? name : name.substring(0, dot);
        String extension = dot < 0 ? "" : name.substring(dot + 1);
        boolean fits = fits(base, 8) && !base.isEmpty() && fits(extension, 3) && (dot < 0 || !extension.isEmpty());
        if (fits) {
            put(slot, base, extension);
            slot[12] = (byte) ((lower(base) ? LOWER_BASE : 0) | (lower(extension) ? LOWER_EXTENSION : 0));
        }
        return fits;
    }

    private static boolean fits(String part, int length) {
        String upper = part.toUpperCase(Locale.ROOT);
        return part.length() <= length && upper.chars().allMatch(c -> ALLOWED.indexOf(c) >= 0)
                && (part.equals(upper) || part.equals(part.toLowerCase(Locale.ROOT)));
    }

    private static boolean lower(String part) {
        return !part.equals(part.toUpperCase(Locale.ROOT));
    }

    private static void put(byte[] slot, String base, String extension) {
        Arrays.fill(slot, 0, 11, (byte) ' ');
        byte[] first = base.toUpperCase(Locale.ROOT).getBytes(StandardCharsets.US_ASCII);
        byte[] second = extension.toUpperCase(Locale.ROOT).getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(first, 0, slot, 0, first.length);
        System.arraycopy(second, 0, slot, 8, second.length);
    }

    /** A short name for what has a long one, that no other of the folder has. */
    private static void alias(String name, List<Entry> others, byte[] slot) {
        int dot = name.lastIndexOf('.');
        String base = known(dot <= 0 ? name : name.substring(0, dot));
        String extension = dot <= 0 ? "" : known(name.substring(dot + 1));
        String behind = extension.substring(0, Math.min(3, extension.length()));
        for (int number = 1;; number++) {
            String tail = "~" + number;
            put(slot, base.substring(0, Math.min(base.length(), 8 - tail.length())) + tail, behind);
            byte[] tried = slot;
            if (others.stream().noneMatch(one -> Arrays.equals(one.slot, 0, 11, tried, 0, 11))) {
                return;
            }
        }
    }

    private static String known(String part) {
        var text = new StringBuilder();
        part.toUpperCase(Locale.ROOT).chars().filter(c -> c != ' ' && c != '.')
                .forEach(c -> text.append(ALLOWED.indexOf(c) >= 0 ? (char) c : '_'));
        return text.toString();
    }

    /** Where so many bytes of slots fit; -1 if nowhere. */
    static int room(byte[] folder, int bytes) {
        int from = 0;
        for (int at = 0; at + BYTES <= folder.length; at += BYTES) {
            if (folder[at] == 0) {
                return from + bytes <= folder.length ? from : -1; // nothing follows
            }
            if (folder[at] != REMOVED) {
                from = at + BYTES;
            } else if (at + BYTES - from >= bytes) {
                return from;
            }
        }
        return -1;
    }

    /** Where a folder's last free slots begin. */
    static int end(byte[] folder) {
        int end = folder.length;
        while (end >= BYTES && (folder[end - BYTES] == 0 || folder[end - BYTES] == REMOVED)) {
            end -= BYTES;
        }
        return end;
    }
}
