package bramble.modules.keys;

import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * A value in DER, the encoding of keys and certificates (ITU-T X.690).
 *
 * @param tag the first byte: class, whether it holds other values, number
 * @param whole the bytes with tag and length
 */
record Der(int tag, byte[] content, byte[] whole) {
    static final int BOOLEAN = 0x01;
    static final int INTEGER = 0x02;
    static final int BITS = 0x03;
    static final int OCTETS = 0x04;
    static final int OID = 0x06;
    static final int UTF8 = 0x0C;
    static final int PRINTABLE = 0x13;
    static final int IA5 = 0x16;
    static final int SEQUENCE = 0x30;
    static final int SET = 0x31;
    private static final int CONTEXT = 0x80;
    private static final int NESTED = 0x20;
    private static final DateTimeFormatter SHORT = DateTimeFormatter.ofPattern("yyMMddHHmmss'Z'", Locale.ROOT);
    private static final DateTimeFormatter LONG = DateTimeFormatter.ofPattern("yyyyMMddHHmmss'Z'", Locale.ROOT);

    /** Thrown where bytes aren't what they should be. */
    static final class MalformedException extends RuntimeException {
        MalformedException(String what) {
            super(what);
        }
    }

    /** The value that the bytes are. */
    static Der of(byte[] bytes) {
        List<Der> all = all(bytes);
        if (all.size() != 1) {
            throw new MalformedException("there is something behind the end");
        }
        return all.getFirst();
    }

    /** The values that stand there one after another. */
    static List<Der> all(byte[] bytes) {
        var values = new ArrayList<Der>();
        int at = 0;
        while (at < bytes.length) {
            if (bytes.length - at < 2) {
                throw new MalformedException("it is cut off");
            }
            int length = bytes[at + 1] & 0xFF;
            int start = at + 2;
            if (length > 0x80) {
                int digits = length & 0x7F;
                if (digits > 3 || bytes.length - start < digits) {
                    throw new MalformedException("a length is wrong");
                }
                length = new BigInteger(1, Arrays.copyOfRange(bytes, start, start + digits)).intValueExact();
                start += digits;
            }
            if (length > bytes.length - start) {
                throw new MalformedException("it is cut off");
            }
            values.add(new Der(bytes[at] & 0xFF, Arrays.copyOfRange(bytes, start, start + length),
                    Arrays.copyOfRange(bytes, at, start + length)));
            at = start + length;
        }
        return values;
    }

    /** The values that it holds. */
    List<Der> parts() {
        return all(content);
    }

    /** Its part at that place. */
    Der part(int index) {
        List<Der> parts = parts();
        if (index >= parts.size()) {
            throw new MalformedException("a part is missing");
        }
        return parts.get(index);
    }

    boolean isContext(int number) {
        return (tag & ~NESTED) == (CONTEXT | number);
    }

    BigInteger number() {
        return new BigInteger(content);
    }

    /** A bit string's bytes, where it has no odd bits. */
    byte[] bytesOfBits() {
        return Arrays.copyOfRange(content, 1, content.length);
    }

    /** An object identifier with its dots. */
    String dotted() {
        var text = new StringBuilder();
        BigInteger number = BigInteger.ZERO;
        for (byte b : content) {
            number = number.shiftLeft(7).or(BigInteger.valueOf(b & 0x7F));
            if ((b & 0x80) == 0) {
                if (text.isEmpty()) {
                    int first = Math.min(2, number.intValue() / 40);
                    text.append(first).append('.').append(number.subtract(BigInteger.valueOf(40L * first)));
                } else {
                    text.append('.').append(number);
                }
                number = BigInteger.ZERO;
            }
        }
        return text.toString();
    }

    String text() {
        return new String(content, StandardCharsets.UTF_8);
    }

    // Making them.

    static byte[] value(int tag, byte[]... parts) {
        var content = joined(parts);
        var out = new ByteArrayOutputStream();
        out.write(tag);
        if (content.length < 0x80) {
            out.write(content.length);
        } else {
            byte[] length = BigInteger.valueOf(content.length).toByteArray();
            int from = length[0] == 0 ? 1 : 0;
            out.write(0x80 | (length.length - from));
            out.write(length, from, length.length - from);
        }
        out.writeBytes(content);
        return out.toByteArray();
    }

    static byte[] sequence(byte[]... parts) {
        return value(SEQUENCE, parts);
    }

    static byte[] sequence(List<byte[]> parts) {
        return value(SEQUENCE, parts.toArray(byte[][]::new));
    }

    static byte[] set(byte[]... parts) {
        byte[][] sorted = parts.clone();
        Arrays.sort(sorted, Arrays::compareUnsigned);
        return value(SET, sorted);
    }

    static byte[] integer(BigInteger number) {
        return value(INTEGER, number.toByteArray());
    }

    static byte[] integer(long number) {
        return integer(BigInteger.valueOf(number));
    }

    static byte[] bool(boolean yes) {
        return value(BOOLEAN, new byte[]{(byte) (yes ? 0xFF : 0)});
    }

    static byte[] octets(byte[] bytes) {
        return value(OCTETS, bytes);
    }

    static byte[] bits(byte[] bytes) {
        return value(BITS, new byte[1], bytes);
    }

    /** Bits by their numbers, the unset ones at the end left out. */
    static byte[] bits(List<Integer> set) {
        int last = set.stream().mapToInt(bit -> bit).max().orElse(-1);
        byte[] bytes = new byte[last / 8 + (last < 0 ? 0 : 1)];
        set.forEach(bit -> bytes[bit / 8] |= (byte) (0x80 >> (bit % 8)));
        return value(BITS, new byte[]{(byte) (last < 0 ? 0 : 7 - last % 8)}, bytes);
    }

    static byte[] oid(String dotted) {
        String[] numbers = dotted.split("\\.", -1);
        var out = new ByteArrayOutputStream();
        for (int i = 1; i < numbers.length; i++) {
            BigInteger number = new BigInteger(numbers[i]);
            if (i == 1) {
                number = number.add(BigInteger.valueOf(40L * Integer.parseInt(numbers[0])));
            }
            int digits = Math.max(1, (number.bitLength() + 6) / 7);
            for (int digit = digits - 1; digit >= 0; digit--) {
                int bits = number.shiftRight(7 * digit).intValue() & 0x7F;
                out.write(digit == 0 ? bits : bits | 0x80);
            }
        }
        return value(OID, out.toByteArray());
    }

    static byte[] text(int tag, String text) {
        return value(tag, text.getBytes(StandardCharsets.UTF_8));
    }

    /** A value with a number of its context in place of its own tag. */
    static byte[] context(int number, boolean nested, byte[]... parts) {
        return value(CONTEXT | number | (nested ? NESTED : 0), parts);
    }

    /** A moment, as certificates have it: with two digits of the year until 2049. */
    static byte[] time(Instant moment) {
        ZonedDateTime time = moment.atZone(ZoneOffset.UTC);
        return time.getYear() < 2050 ? text(0x17, SHORT.format(time)) : text(0x18, LONG.format(time));
    }

    static byte[] joined(byte[]... parts) {
        var out = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            out.writeBytes(part);
        }
        return out.toByteArray();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Der der && Arrays.equals(whole, der.whole);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(whole);
    }
}
