package bramble.connection;

import com.jcraft.jsch.jce.AES128GCM;

/** {@code aes128-gcm@openssh.com} for JSch, which makes it by its name. */
public final class SwiftAes128 extends SwiftAes {
    public SwiftAes128() {
        super(new AES128GCM());
    }
}
