package bramble.modules.files;

import bramble.shell.Sh;
import java.util.ArrayDeque;
import java.util.regex.Pattern;

/** Path names on a node, as texts: the controller can't know what they lead to, so nothing here resolves links. */
public final class NodePath {
    private static final Pattern HOME = Pattern.compile("~[A-Za-z0-9_.-]*");

    private NodePath() {}

    /** Without double slashes, single dots and a slash at the end; {@code ..} stays, for it may lie behind a link. */
    public static String normal(String path) {
        var parts = new ArrayDeque<String>();
        for (String part : path.split("/", -1)) {
            if (!part.isEmpty() && !part.equals(".")) {
                parts.add(part);
            }
        }
        String joined = String.join("/", parts);
        if (path.startsWith("/")) {
            return "/" + joined;
        }
        return joined.isEmpty() ? "." : joined.startsWith("-") ? "./" + joined : joined;
    }

    /** The last part; {@code /} for the root. */
    public static String name(String path) {
        return path.equals("/") ? path : path.substring(path.lastIndexOf('/') + 1);
    }

    /** All but the last part. */
    public static String parent(String path) {
        int slash = path.lastIndexOf('/');
        return slash > 0 ? path.substring(0, slash) : slash == 0 ? "/" : ".";
    }

    /** The path itself if it is absolute, otherwise the path from that folder. */
    public static String resolve(String folder, String path) {
        return normal(path.startsWith("/") || path.startsWith("~") ? path : folder + "/" + path);
    }

    /** What has that name in a folder, whatever the name begins with. */
    public static String within(String folder, String name) {
        return normal(folder + "/" + name);
    }

    /** Where a link of that folder leads to: {@code ~} means nobody's home in it. */
    public static String target(String folder, String target) {
        return target.startsWith("/") ? normal(target) : within(folder, target);
    }

    /** Whether the path lies below the folder, and isn't the folder itself. */
    public static boolean below(String path, String folder) {
        int end = folder.length();
        return path.length() > end && path.startsWith(folder) && (folder.endsWith("/") || path.charAt(end) == '/');
    }

    /** Whether the path begins with the home of a user: {@code ~}, {@code ~user}. */
    static boolean atHome(String path) {
        return path.startsWith("~") && HOME.matcher(head(path)).matches();
    }

    /** The path as one word of shell; {@code ~} and {@code ~user} at its start are the node's to expand. */
    public static Sh word(String path) {
        if (!atHome(path)) {
            return Sh.of("{}", path);
        }
        String head = head(path);
        return head.equals(path) ? Sh.raw(head) : Sh.of("{}/{}", Sh.raw(head), path.substring(head.length() + 1));
    }

    /** The first part. */
    private static String head(String path) {
        int slash = path.indexOf('/');
        return slash < 0 ? path : path.substring(0, slash);
    }
}
