package bramble.modules.databases;

import bramble.module.Effect;
import bramble.module.Fact;
import bramble.module.Maybe;
import bramble.shell.Answer;
import bramble.shell.Sh;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Asks a PostgreSQL server who may do what with some of its objects, or with objects that are made from now on.
 *
 * @param schema the one that the objects are in; empty where they are in none, or in whichever is looked in
 * @param names the objects as the user names them; empty for all in the schema
 * @param makers whose new objects are meant; none for one's own
 */
record PgAclFact(PgClient client, Kind kind, String schema, List<String> names, List<String> makers,
        List<String> roles) implements Fact<Said<PgAclFact.Found>> {
    /** A kind of objects, with the rights that there are on them. */
    enum Kind {
        TABLE("pg_class", "rel", 'r',
                "SELECT INSERT UPDATE DELETE TRUNCATE REFERENCES TRIGGER"),
        SEQUENCE("pg_class", "rel", 's', "USAGE SELECT UPDATE"),
        DATABASE("pg_database", "dat", 'd', "CREATE CONNECT TEMPORARY"),
        SCHEMA("pg_namespace", "nsp", 'n', "CREATE USAGE"),
        FUNCTION("pg_proc", "pro", 'f', "EXECUTE"),
        PROCEDURE("pg_proc", "pro", 'f', "EXECUTE"),
        LANGUAGE("pg_language", "lan", 'l', "USAGE"),
        TABLESPACE("pg_tablespace", "spc", 't', "CREATE"),
        TYPE("pg_type", "typ", 'T', "USAGE"),
        FOREIGN_DATA_WRAPPER("pg_foreign_data_wrapper", "fdw", 'F', "USAGE"),
        FOREIGN_SERVER("pg_foreign_server", "srv", 'S', "USAGE"),
        GROUP("", "", ' ', ""),
        DEFAULT_PRIVS("", "", ' ', "");

        private final String catalog;
        private final String prefix;
        private final char letter;
        private final String rights;

        Kind(String catalog, String prefix, char letter, String rights) {
            this.catalog = catalog;
            this.prefix = prefix;
            this.letter = letter;
            this.rights = rights;
        }

        List<String> rights() {
            return rights.isEmpty() ? List.of() : List.of(rights.split(" ", -1));
        }

        /** As GRANT has it. */
        String word() {
            return name().replace('_', ' ');
        }

        boolean inSchema() {
            return switch (this) {
                case TABLE, SEQUENCE, FUNCTION, PROCEDURE, TYPE, DEFAULT_PRIVS -> true;
                case DATABASE, SCHEMA, LANGUAGE, TABLESPACE, FOREIGN_DATA_WRAPPER, FOREIGN_SERVER, GROUP -> false;
            };
        }
    }

    /** The objects of which new ones have default rights, by the word for them. */
    static Optional<Kind> made(String word) {
        return switch (word) {
            case "TABLES" -> Optional.of(Kind.TABLE);
            case "SEQUENCES" -> Optional.of(Kind.SEQUENCE);
            case "FUNCTIONS", "ROUTINES" -> Optional.of(Kind.FUNCTION);
            case "TYPES" -> Optional.of(Kind.TYPE);
            case "SCHEMAS" -> Optional.of(Kind.SCHEMA);
            default -> Optional.empty();
        };
    }

    /**
     * A right that a role has.
     *
     * @param object as statements name it; of new objects the word for them
     * @param maker whose new objects; empty for others
     * @param grantable whether the role may give it to others
     */
    record Held(String object, String maker, String role, String right, boolean grantable) implements Comparable<Held> {
        @Override
        public int compareTo(Held other) {
            return (object + "\n" + maker + "\n" + role + "\n" + right + grantable).compareTo(
                    other.object + "\n" + other.maker + "\n" + other.role + "\n" + other.right + other.grantable);
        }
    }

    /**
     * What the server has.
     *
     * @param objects those that are meant and there, as statements name them
     * @param lost names that nothing has
     * @param roles those of the roles that are there
     * @param me who asks
     */
    record Found(List<String> objects, List<String> lost, Set<String> roles, String me, Set<Held> held) {
        Found {
            objects = List.copyOf(objects);
            lost = List.copyOf(lost);
            roles = Set.copyOf(roles);
            held = Set.copyOf(held);
        }

        Found with(Set<Held> other) {
            return new Found(objects, lost, roles, me, other);
        }
    }

    PgAclFact {
        names = List.copyOf(names);
        makers = List.copyOf(makers);
        roles = List.copyOf(roles);
    }

    private static final String HELD = "SELECT 'h', o.label, o.maker, CASE WHEN x.grantee = 0 THEN 'PUBLIC' ELSE r.rolname END,"
            + " x.privilege_type, x.is_grantable::text";

    @Override
    public Sh script() {
        String who = "SELECT 'm', current_user::text, NULL, NULL, NULL, NULL UNION ALL"
                + " SELECT 'r', rolname, NULL, NULL, NULL, NULL FROM pg_roles WHERE rolname IN (" + texts(roles) + ")";
        String what = switch (kind) {
            case GROUP -> "SELECT 'o', quote_ident(rolname), rolname, NULL, NULL, NULL FROM pg_roles WHERE rolname IN ("
                    + texts(names)
                    + ") UNION ALL SELECT 'h', quote_ident(g.rolname), '', m.rolname, 'MEMBER', a.admin_option::text"
                    + " FROM pg_auth_members a JOIN pg_roles g ON g.oid = a.roleid JOIN pg_roles m ON m.oid = a.member";
            case DEFAULT_PRIVS -> defaults();
            default -> "SELECT 'o', label, name, NULL, NULL, NULL FROM (" + objects() + ") o UNION ALL " + HELD
                    + " FROM (" + objects()
                    + ") o, aclexplode(coalesce(o.acl, acldefault('" + kind.letter + "', o.owner))) x"
                    + " LEFT JOIN pg_roles r ON r.oid = x.grantee";
        };
        return client.tell(PgClient.rows(Sql.of("{}", who + " UNION ALL " + what)));
    }

    private static String texts(List<String> texts) {
        return texts.isEmpty() ? "NULL" : texts.stream().map(PgClient::text).collect(Collectors.joining(", "));
    }

    /** Those that are meant: label, name, acl, owner, maker. */
    private String objects() {
        String name = "c." + kind.prefix + "name";
        String plain = kind.inSchema()
                ? "quote_ident(n.nspname) || '.' || quote_ident(" + name + ")"
                : "quote_ident(" + name + ")";
        boolean called = kind == Kind.FUNCTION || kind == Kind.PROCEDURE;
        String label = called ? plain + " || '(' || pg_get_function_identity_arguments(c.oid) || ')'" : plain;
        String from = " FROM " + kind.catalog + " c"
                + (kind.inSchema() ? " JOIN pg_namespace n ON n.oid = c." + kind.prefix + "namespace" : "");
        String limits = switch (kind) {
            case TABLE -> " AND c.relkind IN ('r', 'p', 'v', 'm', 'f')";
            case SEQUENCE -> " AND c.relkind = 'S'";
            case FUNCTION -> " AND c.prokind <> 'p'";
            case PROCEDURE -> " AND c.prokind = 'p'";
            default -> "";
        };
        String place = kind.inSchema() && !schema.isEmpty() ? " AND n.nspname = " + PgClient.text(schema) : "";
        String visible = kind.inSchema() && schema.isEmpty()
                ? switch (kind) {
                    case TABLE, SEQUENCE -> " AND pg_table_is_visible(c.oid)";
                    case TYPE -> " AND pg_type_is_visible(c.oid)";
                    default -> " AND pg_function_is_visible(c.oid)";
                }
                : "";
        if (names.isEmpty()) {
            return object(label, name, from, limits + place + visible);
        }
        return names.stream().map(one -> {
            String is = called && one.contains("(")
                    ? " AND c.oid = to_regprocedure(" + PgClient.text(
                            (schema.isEmpty() ? "" : PgClient.name(schema) + ".") + one.replace(':', ',')) + ")"
                    : " AND " + name + " = " + PgClient.text(one) + place + visible;
            return object(label, PgClient.text(one), from, limits + is);
        }).collect(Collectors.joining(" UNION ALL "));
    }

    private String object(String label, String name, String from, String where) {
        String owner = switch (kind) {
            case DATABASE -> "c.datdba";
            default -> "c." + kind.prefix + "owner";
        };
        return "SELECT " + label + " AS label, " + name + "::text AS name, c." + kind.prefix + "acl AS acl, " + owner
                + " AS owner, '' AS maker" + from + " WHERE true" + where;
    }

    private String defaults() {
        var parts = new ArrayList<String>();
        String space = schema.isEmpty()
                ? "0"
                : "coalesce((SELECT oid FROM pg_namespace WHERE nspname = "
                        + PgClient.text(schema) + "), 1)";
        for (String word : names) {
            char letter = word.equals("SEQUENCES") ? 'S' : made(word).orElseThrow().letter;
            String makerOid = makers.isEmpty() ? "rolname = current_user" : "rolname IN (" + texts(makers) + ")";
            String given = "(SELECT defaclacl FROM pg_default_acl d WHERE d.defaclrole = m.oid AND d.defaclnamespace = "
                    + space + " AND d.defaclobjtype = '" + letter + "')";
            String builtIn = schema.isEmpty()
                    ? "acldefault('" + (letter == 'S' ? 's' : letter) + "', m.oid)"
                    : "NULL::aclitem[]";
            parts.add("SELECT 'o', '" + word + "', '" + word + "', NULL, NULL, NULL");
            parts.add(
                    HELD + " FROM (SELECT '" + word + "' AS label, rolname AS maker, coalesce(" + given + ", " + builtIn
                            + ") AS acl FROM pg_roles m WHERE " + makerOid
                            + ") o, aclexplode(o.acl) x LEFT JOIN pg_roles r ON r.oid = x.grantee");
        }
        return String.join(" UNION ALL ", parts);
    }

    @Override
    public Said<Found> parse(Answer answer) {
        return PgClient.said(answer, rows -> {
            var objects = new ArrayList<String>();
            Set<String> named = new TreeSet<>();
            Set<String> there = new TreeSet<>();
            Set<Held> held = new TreeSet<>();
            String me = "";
            for (List<Optional<String>> row : rows) {
                String first = row.get(1).orElse("");
                switch (row.getFirst().orElse("")) {
                    case "m" -> me = first;
                    case "r" -> there.add(first);
                    case "o" -> {
                        objects.add(first);
                        named.add(row.get(2).orElse(""));
                    }
                    default -> held.add(new Held(first, row.get(2).orElse(""), row.get(3).orElse(""),
                            row.get(4).orElse(""), row.get(5).orElse("").toLowerCase(Locale.ROOT).startsWith("t")));
                }
            }
            return new Found(objects, names.stream().filter(name -> !named.contains(name)).toList(), there, me, held);
        });
    }

    @Override
    public Maybe<Said<Found>> after(Effect.Becomes<?> effect, Said<Found> current) {
        if (effect.fact().equals(this)) {
            return Fact.super.after(effect, current);
        }
        if (effect.fact() instanceof PgRoleFact role && client.same(role.client()) && roles.contains(role.name())
                && effect.value() instanceof Said.Answered<?>(PgRoleFact.Found found)) {
            return Maybe.known(current.map(now -> {
                Set<String> then = new TreeSet<>(now.roles());
                if (found.role().isPresent()) {
                    then.add(role.name());
                } else {
                    then.remove(role.name());
                }
                return new Found(now.objects(), now.lost(), then, now.me(), now.held());
            }));
        }
        boolean lacks = current instanceof Said.Answered<Found>(Found found) && !found.lost().isEmpty();
        return lacks && PgClient.of(effect.fact()).filter(client::same).isPresent()
                ? Maybe.unknown("the server would be changed by this run")
                : client.after(effect, current);
    }
}
