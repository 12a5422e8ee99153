package bramble.connection;

import com.jcraft.jsch.Cipher;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** A cipher of JSch's for AES-GCM: Java's own at first, libcrypto's once much is sent. */
abstract class SwiftAes implements Cipher {
    private final Cipher java;
    private @Nullable SwiftGcm swift;

    SwiftAes(Cipher java) {
        this.java = java;
    }

    @Override
    public void init(int mode, byte[] key, byte[] iv) throws Exception {
        java.init(mode, key, iv);
        swift = new SwiftGcm(mode == ENCRYPT_MODE, Arrays.copyOf(key, getBlockSize()), iv);
    }

    @Override
    public void update(byte[] in, int from, int length, byte[] out, int to) throws Exception {
        java.update(in, from, length, out, to);
    }

    @Override
    public void updateAAD(byte[] from, int offset, int length) throws Exception {
        if (swift != null && swift.takes()) {
            swift.open(from, offset, length);
        } else {
            java.updateAAD(from, offset, length);
        }
    }

    @Override
    public void doFinal(byte[] in, int from, int length, byte[] out, int to) throws Exception {
        if (swift != null && swift.takes()) {
            swift.packet(in, from, length, out, to);
        } else {
            java.doFinal(in, from, length, out, to);
        }
        if (swift != null) {
            swift.next(length);
        }
    }

    @Override
    public int getIVSize() {
        return java.getIVSize();
    }

    @Override
    public int getBlockSize() {
        return java.getBlockSize();
    }

    @Override
    public int getTagSize() {
        return java.getTagSize();
    }

    @Override
    public boolean isCBC() {
        return java.isCBC();
    }

    @Override
    public boolean isAEAD() {
        return java.isAEAD();
    }
}
