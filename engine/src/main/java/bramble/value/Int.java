package bramble.value;

import java.math.BigInteger;

/** A whole number of any size. */
public record Int(BigInteger value) implements Value {
    public static Int of(long value) {
        return new Int(BigInteger.valueOf(value));
    }
}
