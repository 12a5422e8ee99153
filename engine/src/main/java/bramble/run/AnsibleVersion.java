package bramble.run;

import bramble.value.MapValue;

/** The version of ansible-core whose language Bramble reads, for playbooks and scripts that ask. */
public final class AnsibleVersion {
    public static final String TEXT = "2.19.0";

    private AnsibleVersion() {}

    /** The variable {@code ansible_version}. */
    static MapValue variable() {
        String[] parts = TEXT.split("\\.", -1);
        return MapValue.of("full", TEXT, "major", Integer.parseInt(parts[0]), "minor", Integer.parseInt(parts[1]),
                "revision", Integer.parseInt(parts[2]), "string", TEXT);
    }
}
