package bramble.connection;

import com.jcraft.jsch.Channel;
import com.jcraft.jsch.Session;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;

/**
 * What goes to a program in packets that a small window takes whole. Where a packet is longer than what is left of the window
 * (RFC 4254, 5.2), JSch waits a tenth of a second before it sends a part of it; and dropbear, whose window is 24 KB, widens it
 * again only once half of it is used up. So a packet of at most half a window never waits in vain.
 */
final class SmallPackets extends FilterOutputStream {
    /** Less than half of the smallest window that servers have, in bytes. */
    private static final int MOST = 8 << 10;

    private SmallPackets(OutputStream out) {
        super(out);
    }

    /** What goes into the channel; servers that are known to have large windows get large packets. */
    static OutputStream into(Channel channel, Session session) throws IOException {
        OutputStream out = channel.getOutputStream();
        return session.getServerVersion().contains("OpenSSH") ? out : new SmallPackets(out);
    }

    @Override
    public void write(byte[] bytes, int from, int length) throws IOException {
        for (int done = 0; done < length; done += MOST) {
            out.write(bytes, from + done, Math.min(MOST, length - done));
            out.flush();
        }
    }
}
