package bramble.modules.keys;

import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.interfaces.ECPrivateKey;
import java.security.spec.ECFieldFp;
import java.security.spec.ECParameterSpec;
import java.security.spec.ECPoint;
import java.security.spec.ECPublicKeySpec;

/** What Java's own elliptic curves leave out: the public point of a private key. */
final class Curves {
    private static final BigInteger TWO = BigInteger.TWO;
    private static final BigInteger THREE = BigInteger.valueOf(3);

    private Curves() {}

    static PublicKey open(ECPrivateKey key) throws GeneralSecurityException {
        ECParameterSpec curve = key.getParams();
        return KeyFactory.getInstance("EC").generatePublic(new ECPublicKeySpec(times(key.getS(), curve), curve));
    }

    /** The curve's base point, so many times. */
    private static ECPoint times(BigInteger number, ECParameterSpec curve) {
        BigInteger p = ((ECFieldFp) curve.getCurve().getField()).getP();
        ECPoint sum = ECPoint.POINT_INFINITY;
        for (int bit = number.bitLength() - 1; bit >= 0; bit--) {
            sum = plus(sum, sum, curve, p);
            if (number.testBit(bit)) {
                sum = plus(sum, curve.getGenerator(), curve, p);
            }
        }
        return sum;
    }

    private static ECPoint plus(ECPoint a, ECPoint b, ECParameterSpec curve, BigInteger p) {
        if (a.equals(ECPoint.POINT_INFINITY)) {
            return b;
        }
        if (b.equals(ECPoint.POINT_INFINITY)) {
            return a;
        }
        BigInteger x = a.getAffineX();
        BigInteger y = a.getAffineY();
        boolean same = a.equals(b);
        if (!same && x.equals(b.getAffineX())) {
            return ECPoint.POINT_INFINITY;
        }
        BigInteger slope = same
                ? x.pow(2).multiply(THREE).add(curve.getCurve().getA()).multiply(y.multiply(TWO).modInverse(p)).mod(p)
                : b.getAffineY().subtract(y).multiply(b.getAffineX().subtract(x).modInverse(p)).mod(p);
        BigInteger x3 = slope.pow(2).subtract(x).subtract(b.getAffineX()).mod(p);
        return new ECPoint(x3, slope.multiply(x.subtract(x3)).subtract(y).mod(p));
    }
}
