package bramble.modules.containers;

import java.util.regex.Pattern;

/**
 * What an image is called: a name with a tag or a digest, or an id.
 *
 * @param tag what comes after the name, with its colon or at sign; empty for an id
 */
record ImageName(String repository, String tag) {
    private static final Pattern ID = Pattern.compile("sha256:[0-9a-f]{12,64}");

    static ImageName of(String text) {
        return of(text, "latest");
    }

    /** @param usual the tag if the name has none */
    static ImageName of(String text, String usual) {
        if (ID.matcher(text).matches()) {
            return new ImageName(text, "");
        }
        int digest = text.indexOf('@');
        if (digest > 0) {
            return new ImageName(text.substring(0, digest), text.substring(digest));
        }
        int colon = text.lastIndexOf(':');
        return colon > text.lastIndexOf('/')
                ? new ImageName(text.substring(0, colon), text.substring(colon))
                : new ImageName(text, usual.startsWith("sha256:") ? "@" + usual : ":" + usual);
    }

    boolean isId() {
        return tag.isEmpty();
    }

    String whole() {
        return repository + tag;
    }

    InspectFact fact(Docker docker) {
        return new InspectFact(docker, "image", whole());
    }
}
