package bramble.cli;

/** What a line is about, as its colour tells: Ansible's colours. */
enum Tone {
    PLAIN(""),
    GOOD("0;32"),
    CHANGE("0;33"),
    BAD("0;31"),
    QUIET("0;36"),
    WARNING("1;35"),
    DIM("1;30"),
    DETAIL("0;34"),
    STRONG("1");

    private final String code;

    Tone(String code) {
        this.code = code;
    }

    /** The number that a terminal knows the colour by; empty for none. */
    String code() {
        return code;
    }
}
