package bramble.modules.databases;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * What an account may do: rights by what they are about.
 *
 * @param rights by the text that stands behind ON in a GRANT
 */
record MysqlPrivileges(Map<String, Set<Right>> rights) {
    static final String EVERYTHING = "ALL PRIVILEGES";
    static final String GRANT = "GRANT OPTION";

    /** What a server calls them now, by what they were called. */
    private static final Map<String, String> RENAMED = Map.of("REPLICATION CLIENT", "BINLOG MONITOR",
            "REPLICATION REPLICA", "REPLICATION SLAVE", "REPLICATION REPLICA ADMIN", "REPLICATION SLAVE ADMIN",
            "DELETE VERSIONING ROWS", "DELETE HISTORY", "REPLICA MONITOR", "SLAVE MONITOR",
            "ALL", EVERYTHING, "GRANT", GRANT, "WITH GRANT OPTION", GRANT);

    /** What every server has, and MySQL 8 lists one by one in place of ALL. */
    private static final Set<String> COMMON = Set.of("SELECT", "INSERT", "UPDATE", "DELETE", "CREATE", "DROP", "RELOAD",
            "SHUTDOWN", "PROCESS", "FILE", "REFERENCES", "INDEX", "ALTER", "SHOW DATABASES", "SUPER",
            "CREATE TEMPORARY TABLES", "LOCK TABLES", "EXECUTE", "REPLICATION SLAVE", "BINLOG MONITOR", "CREATE VIEW",
            "SHOW VIEW", "CREATE ROUTINE", "ALTER ROUTINE", "CREATE USER", "EVENT", "TRIGGER", "CREATE TABLESPACE");

    /**
     * One right.
     *
     * @param column the column that it is about, quoted; empty for all of them
     * @param word what it is called in statements; equal rights may be called differently
     */
    record Right(String name, String column, String word) implements Comparable<Right> {
        static Right of(String word, String column) {
            String upper = word.strip().replaceAll("\\s+", " ").toUpperCase(Locale.ROOT);
            String name = RENAMED.getOrDefault(upper, upper);
            boolean form = name.equals(EVERYTHING) || name.equals(GRANT);
            return new Right(name, column.toLowerCase(Locale.ROOT), form ? name : upper);
        }

        boolean is(String other) {
            return name.equals(other);
        }

        @Override
        public int compareTo(Right other) {
            int byName = name.compareTo(other.name);
            return byName == 0 ? column.compareTo(other.column) : byName;
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Right right && compareTo(right) == 0;
        }

        @Override
        public int hashCode() {
            return name.hashCode() * 31 + column.hashCode();
        }
    }

    MysqlPrivileges {
        var sorted = new TreeMap<String, Set<Right>>();
        rights.forEach((scope, some) -> {
            if (!some.isEmpty()) {
                sorted.put(scope, Set.copyOf(some));
            }
        });
        rights = java.util.Collections.unmodifiableMap(sorted);
    }

    Set<Right> on(String scope) {
        return rights.getOrDefault(scope, Set.of());
    }

    /** The answer to SHOW GRANTS. */
    static MysqlPrivileges shown(List<String> grants) {
        Map<String, Set<Right>> rights = new LinkedHashMap<>();
        for (String grant : grants) {
            SqlText text = SqlText.of(grant);
            int on = text.find(" ON ", 0);
            int to = text.find(" TO ", on + 1);
            if (!grant.startsWith("GRANT ") || on < 0 || to < 0 || grant.startsWith("GRANT PROXY ")) {
                continue; // a role, or what isn't a right
            }
            Set<Right> some = rights.computeIfAbsent(text.part(on + 4, to).strip(), _ -> new TreeSet<>());
            some.addAll(listed(text.part("GRANT ".length(), on)));
            if (text.find("WITH GRANT OPTION", to) >= 0) {
                some.add(Right.of(GRANT, ""));
            }
        }
        rights.computeIfPresent("*.*", (_, some) -> everything(some));
        return new MysqlPrivileges(rights);
    }

    private static Set<Right> everything(Set<Right> some) {
        Set<String> names = some.stream().map(Right::name).collect(Collectors.toSet());
        if (!names.containsAll(COMMON)) {
            return some;
        }
        var others = some.stream().filter(right -> right.is(GRANT)).collect(Collectors.toCollection(TreeSet::new));
        others.add(Right.of(EVERYTHING, ""));
        return others;
    }

    /** The rights in a text like {@code SELECT (a, b), INSERT}; USAGE is none. */
    static Set<Right> listed(String list) {
        var rights = new TreeSet<Right>();
        for (String one : SqlText.of(list).split(',')) {
            String word = one.strip();
            int open = word.indexOf('(');
            if (open >= 0 && word.endsWith(")")) {
                String columns = word.substring(open + 1, word.length() - 1);
                for (String column : SqlText.of(columns).split(',')) {
                    rights.add(Right.of(word.substring(0, open), MysqlClient.name(SqlText.plain(column))));
                }
            } else if (!word.isEmpty() && !word.equalsIgnoreCase("USAGE")) {
                rights.add(Right.of(word, ""));
            }
        }
        return rights;
    }

    /**
     * What a playbook asks for: {@code db.table:RIGHT,RIGHT/...}, the names quoted or not.
     *
     * @throws IllegalArgumentException if it says nothing
     */
    static MysqlPrivileges wanted(String text) {
        var byObject = new LinkedHashMap<String, String>();
        for (String part : SqlText.of(text).split('/')) {
            int colon = SqlText.of(part).find(":", 0);
            if (colon < 0) {
                throw new IllegalArgumentException("invalid privileges string: Invalid priv string: '" + part.strip()
                        + "' has no ':' between what it is about and the rights, as in db.*:SELECT,INSERT");
            }
            byObject.put(part.substring(0, colon), part.substring(colon + 1));
        }
        return wanted(byObject);
    }

    static MysqlPrivileges wanted(Map<String, String> byObject) {
        var rights = new LinkedHashMap<String, Set<Right>>();
        byObject.forEach((object, list) -> {
            Set<Right> some = listed(list);
            some.stream().filter(right -> !right.name().matches("[A-Z][A-Z0-9_ ]*")).findFirst().ifPresent(right -> {
                throw new IllegalArgumentException("invalid privileges string: Invalid privileges specified: '"
                        + right.word() + "'");
            });
            rights.put(scope(object.strip()), some);
        });
        return new MysqlPrivileges(rights);
    }

    private static String scope(String object) {
        String upper = object.toUpperCase(Locale.ROOT);
        String kind = List.of("FUNCTION ", "PROCEDURE ", "PACKAGE BODY ", "PACKAGE ", "TABLE ").stream()
                .filter(upper::startsWith).findFirst().orElse("");
        List<String> names = SqlText.of(object.substring(kind.length()).strip()).split('.');
        if (names.size() != 2) {
            throw new IllegalArgumentException("invalid privileges string: '" + object
                    + "' must be db.table, where each may be * for all; a name with a dot in it stands in backquotes");
        }
        return (kind.equals("TABLE ") ? "" : kind) + quoted(names.get(0)) + "." + quoted(names.get(1));
    }

    private static String quoted(String name) {
        return name.strip().equals("*") ? "*" : MysqlClient.name(SqlText.plain(name));
    }

    /** Whether all of a scope's rights are here, or that one is. */
    private static boolean covers(Set<Right> has, Right right) {
        boolean everything = !right.is(GRANT) && has.stream().anyMatch(one -> one.is(EVERYTHING));
        return everything || has.contains(right) || has.contains(new Right(right.name(), "", right.word()));
    }

    /** These and those that are missing. */
    MysqlPrivileges with(MysqlPrivileges more) {
        Map<String, Set<Right>> all = new TreeMap<>(rights);
        more.rights.forEach((scope, some) -> {
            var joined = new TreeSet<>(on(scope));
            some.stream().filter(right -> !covers(on(scope), right)).forEach(joined::add);
            all.put(scope, joined.stream().anyMatch(one -> one.is(EVERYTHING))
                    ? joined.stream().filter(one -> one.is(EVERYTHING) || one.is(GRANT)).collect(Collectors.toSet())
                    : joined);
        });
        return new MysqlPrivileges(all);
    }

    /** These without those. What is left of all of them has a name of its own, which no server knows. */
    MysqlPrivileges without(MysqlPrivileges less) {
        Map<String, Set<Right>> all = new TreeMap<>(rights);
        less.rights.forEach((scope, some) -> {
            boolean everything = some.stream().anyMatch(one -> one.is(EVERYTHING));
            Set<Right> left = on(scope).stream()
                    .filter(one -> !(some.contains(one) || (everything && !one.is(GRANT))))
                    .collect(Collectors.toCollection(TreeSet::new));
            Set<Right> cut = cut(scope, some);
            if (!everything && !cut.isEmpty()) {
                left.removeIf(one -> one.is(EVERYTHING));
                left.add(Right.of("ALL BUT " + names(cut), ""));
            }
            all.put(scope, left);
        });
        return new MysqlPrivileges(all);
    }

    /** What would be taken out of a scope where all is allowed. */
    private Set<Right> cut(String scope, Set<Right> some) {
        return on(scope).stream().noneMatch(one -> one.is(EVERYTHING))
                ? Set.of()
                : some.stream().filter(one -> COMMON.contains(one.name()))
                        .collect(Collectors.toCollection(TreeSet::new));
    }

    /** The statements that make these of the others; what comes and stays is never missing in between, if it can be. */
    List<Sql> from(MysqlPrivileges now, String account) {
        var statements = new ArrayList<Sql>();
        var scopes = new TreeSet<>(rights.keySet());
        scopes.addAll(now.rights.keySet());
        for (String scope : scopes) {
            Set<Right> has = now.on(scope);
            Set<Right> wants = on(scope);
            var lost = has.stream().filter(one -> !wants.contains(one)).collect(Collectors.toCollection(TreeSet::new));
            var won = wants.stream().filter(one -> !has.contains(one)).collect(Collectors.toCollection(TreeSet::new));
            boolean narrowed = lost.stream().anyMatch(one -> one.is(EVERYTHING));
            boolean widened = won.stream().anyMatch(one -> one.is(EVERYTHING));
            var rest = won.stream().filter(one -> one.name().startsWith("ALL BUT ")).findFirst();
            if (rest.isPresent()) {
                boolean option = lost.stream().anyMatch(one -> one.is(GRANT));
                statements.add(revoked(rest.get().name().substring("ALL BUT ".length())
                        + (option ? ", " + GRANT : ""), scope, account));
                continue;
            }
            if (narrowed) {
                statements.add(revoked(names(lost), scope, account));
            }
            granted(won, wants, scope, account, statements);
            if (!narrowed && !lost.isEmpty()) {
                var gone = widened
                        ? lost.stream().filter(one -> one.is(GRANT)).collect(Collectors.toCollection(TreeSet::new))
                        : lost;
                if (!gone.isEmpty()) {
                    statements.add(revoked(names(gone), scope, account));
                }
            }
        }
        return statements;
    }

    private static void granted(Set<Right> won, Set<Right> wants, String scope, String account,
            List<Sql> statements) {
        if (won.isEmpty()) {
            return;
        }
        boolean option = won.stream().anyMatch(one -> one.is(GRANT));
        var plain = won.stream().filter(one -> !one.is(GRANT)).collect(Collectors.toCollection(TreeSet::new));
        if (wants.stream().anyMatch(one -> one.is(EVERYTHING))) {
            plain.removeIf(one -> !one.is(EVERYTHING));
        }
        statements.add(Sql.of("GRANT {} ON {} TO {}{}", plain.isEmpty() ? "USAGE" : names(plain), scope, account,
                option ? " WITH GRANT OPTION" : ""));
    }

    private static Sql revoked(String names, String scope, String account) {
        return Sql.of("REVOKE {} ON {} FROM {}", names, scope, account);
    }

    /** As statements list them, the columns of a right together. */
    static String names(Set<Right> rights) {
        var columns = new LinkedHashMap<String, List<String>>();
        new TreeSet<>(rights).forEach(right -> {
            List<String> some = columns.computeIfAbsent(right.word(), _ -> new ArrayList<>());
            if (!right.column().isEmpty()) {
                some.add(right.column());
            }
        });
        return columns.entrySet().stream()
                .map(one -> one.getKey()
                        + (one.getValue().isEmpty() ? "" : " (" + String.join(", ", one.getValue()) + ")"))
                .collect(Collectors.joining(", "));
    }

    /** A line for each thing that they are about. */
    List<String> lines() {
        return rights.entrySet().stream().map(one -> names(one.getValue()) + " ON " + one.getKey()).toList();
    }
}
