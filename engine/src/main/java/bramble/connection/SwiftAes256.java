package bramble.connection;

import com.jcraft.jsch.jce.AES256GCM;

/** {@code aes256-gcm@openssh.com} for JSch, which makes it by its name. */
public final class SwiftAes256 extends SwiftAes {
    public SwiftAes256() {
        super(new AES256GCM());
    }
}
