package bramble.value;

import java.math.BigInteger;

/** A whole number of any size. */
public record Int(BigInteger value) implements Value {
    public static Int of(long value) {
        return new Int(BigInteger.valueOf(value));
    }

    /** Its decimal digits, as {@link BigInteger#toString()} gives them, which takes ten times as long for small numbers. */
    public String digits() {
        return value.bitLength() < Long.SIZE ? Long.toString(value.longValue()) : value.toString();
    }
}
