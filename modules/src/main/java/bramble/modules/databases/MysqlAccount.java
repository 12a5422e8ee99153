package bramble.modules.databases;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An account of a MySQL or MariaDB server.
 *
 * @param proofs the ways to get in, of which any will do
 * @param requires what its connections need, by the words of the server: SSL, X509, ISSUER...; empty text where there is no value
 * @param limits its share of the server, by name; none for what is without limit
 */
record MysqlAccount(List<Proof> proofs, Map<String, String> requires, Map<String, String> limits, boolean locked,
        MysqlPrivileges privileges) {
    /** The plugin of accounts with a plain password. */
    static final String NATIVE = "mysql_native_password";

    private static final Pattern RULE = Pattern
            .compile("\\s*('[^']*'|\\w+)(?:\\s+(?:USING|AS)\\s+('(?:[^'\\\\]|\\\\.|'')*'|0x[0-9A-Fa-f]+))?");
    private static final Pattern LIMIT = Pattern.compile("\\b(MAX_[A-Z_]+) ([0-9.]+)");
    private static final Pattern NEED = Pattern
            .compile("\\b(SSL|X509|(?:ISSUER|SUBJECT|CIPHER) ('(?:[^'\\\\]|\\\\.|'')*'))");

    /** A way to get in: a plugin of the server, and what it compares with. */
    record Proof(String plugin, String string) {}

    MysqlAccount {
        proofs = List.copyOf(proofs);
        requires = Map.copyOf(requires);
        limits = Map.copyOf(limits);
    }

    MysqlAccount withProof(Proof proof) {
        return new MysqlAccount(List.of(proof), requires, limits, locked, privileges);
    }

    MysqlAccount withRequires(Map<String, String> other) {
        return new MysqlAccount(proofs, other, limits, locked, privileges);
    }

    MysqlAccount withLimits(Map<String, String> other) {
        return new MysqlAccount(proofs, requires, other, locked, privileges);
    }

    MysqlAccount withLocked(boolean now) {
        return new MysqlAccount(proofs, requires, limits, now, privileges);
    }

    MysqlAccount withPrivileges(MysqlPrivileges other) {
        return new MysqlAccount(proofs, requires, limits, locked, other);
    }

    /** From the answers to SHOW CREATE USER and SHOW GRANTS. */
    static MysqlAccount of(String created, List<String> grants) {
        SqlText text = SqlText.of(created);
        int identified = text.find(" IDENTIFIED ", 0);
        int require = text.find(" REQUIRE ", 0);
        int with = text.find(" WITH MAX_", 0);
        int locked = text.find(" ACCOUNT LOCK", 0);
        return new MysqlAccount(identified < 0
                ? List.of(new Proof(NATIVE, ""))
                : proofs(created.substring(identified + " IDENTIFIED ".length())),
                require < 0 ? Map.of() : needs(text, require + " REQUIRE ".length(), with),
                with < 0 ? Map.of() : limits(created.substring(with)), locked >= 0, MysqlPrivileges.shown(grants));
    }

    private static List<Proof> proofs(String text) {
        if (text.startsWith("BY PASSWORD ")) {
            Matcher hash = RULE.matcher("x AS " + text.substring("BY PASSWORD ".length()));
            return List.of(new Proof(NATIVE, hash.lookingAt() ? unquoted(hash.group(2)) : ""));
        }
        var proofs = new ArrayList<Proof>();
        Matcher rule = RULE.matcher(text.replaceFirst("^(VIA|WITH) ", ""));
        while (rule.lookingAt()) {
            proofs.add(new Proof(SqlText.plain(rule.group(1)), rule.group(2) == null ? "" : unquoted(rule.group(2))));
            String rest = rule.replaceFirst("");
            if (!rest.startsWith(" OR ")) {
                break;
            }
            rule = RULE.matcher(rest.substring(" OR ".length()));
        }
        return proofs;
    }

    private static Map<String, String> needs(SqlText text, int from, int with) {
        Map<String, String> needs = new TreeMap<>();
        String rest = text.part(from, with < 0 ? text.text().length() : with);
        Matcher need = NEED.matcher(rest);
        SqlText inner = SqlText.of(rest);
        while (need.find()) {
            if (!inner.inside().get(need.start())) {
                needs.put(need.group(1).split(" ", 2)[0], need.group(2) == null ? "" : unquoted(need.group(2)));
            }
        }
        return needs;
    }

    private static Map<String, String> limits(String text) {
        Map<String, String> limits = new TreeMap<>();
        Matcher limit = LIMIT.matcher(text);
        while (limit.find()) {
            limits.put(limit.group(1).toUpperCase(Locale.ROOT), number(limit.group(2)));
        }
        return limits;
    }

    /** A number without the zeros that say nothing. */
    static String number(String text) {
        return text.contains(".") ? text.replaceFirst("0+$", "").replaceFirst("\\.$", "") : text;
    }

    private static String unquoted(String literal) {
        return literal.startsWith("'")
                ? literal.substring(1, literal.length() - 1).replace("''", "'").replaceAll("\\\\(.)", "$1")
                : literal;
    }

    /** As a person reads it: no secrets. */
    List<String> lines() {
        var lines = new ArrayList<String>();
        proofs.forEach(proof -> lines.add("identified via " + proof.plugin()
                + (proof.string().isEmpty() ? "" : " ********")));
        new TreeMap<>(requires).forEach((name, value) -> lines.add("requires " + name
                + (value.isEmpty() ? "" : " " + value)));
        new TreeMap<>(limits).forEach((name, value) -> lines.add(name + " " + value));
        if (locked) {
            lines.add("locked");
        }
        privileges.lines().forEach(line -> lines.add("may " + line));
        return lines;
    }
}
