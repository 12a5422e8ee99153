package bramble.modules.users;

import bramble.module.Effect;
import bramble.value.Unknown;
import bramble.value.Value;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeSet;

/** What a node's database of users or groups tells once a user or a group is made, changed or removed. */
public final class Entries {
    private Entries() {}

    /**
     * The entries that an effect alters, by their names, each with the fields behind the name; empty for one that goes.
     *
     * @param current the fields of those that are there, by their names
     */
    public static Map<String, Optional<List<Value>>> altered(String database, Effect.Becomes<?> effect,
            Map<String, List<Value>> current) {
        var altered = new LinkedHashMap<String, Optional<List<Value>>>();
        switch (effect.fact()) {
            case UserFact(String name) when effect.value() instanceof Optional<?> found -> {
                Optional<Account> account = found.map(Account.class::cast);
                if (database.equals("passwd")) {
                    altered.put(name, account.map(Entries::passwd));
                } else if (database.equals("group")) {
                    current.forEach((group, fields) -> altered.put(group,
                            Optional.of(members(fields, name, account.filter(a -> a.groups().contains(group))
                                    .isPresent()))));
                }
            }
            case GroupFact(String name) when database.equals("group") && effect.value() instanceof Optional<?> found ->
                altered.put(name, found.map(Group.class::cast).map(Entries::group));
            case AccountsFact _ when effect.value() instanceof Accounts table -> {
                List<List<String>> lines = switch (database) {
                    case "passwd" -> table.passwd();
                    case "group" -> table.group();
                    default -> List.of();
                };
                if (!lines.isEmpty()) {
                    current.keySet().forEach(name -> altered.put(name, Optional.empty()));
                    lines.forEach(line -> altered.put(line.getFirst(), Optional.of(line.stream().skip(1)
                            .<Value>map(Value::text).toList())));
                }
            }
            default -> {
                // it is about something else
            }
        }
        return altered;
    }

    private static List<Value> passwd(Account account) {
        return List.of(Value.text("x"), number(account.name(), account.uid()), number(account.name(), account.gid()),
                Value.text(account.comment()), Value.text(account.home()), Value.text(account.shell()));
    }

    private static List<Value> group(Group group) {
        return List.of(Value.text("x"), number(group.name(), group.gid()),
                Value.text(String.join(",", new TreeSet<>(group.members()))));
    }

    private static List<Value> members(List<Value> fields, String user, boolean member) {
        if (fields.size() < 3) {
            return fields;
        }
        String all = String.valueOf(fields.get(2));
        var names = new ArrayList<String>(all.isEmpty() ? List.of() : List.of(all.split(",", -1)));
        if (names.contains(user) == member) {
            return fields;
        }
        if (!names.remove(user)) {
            names.add(user);
        }
        return List.of(fields.get(0), fields.get(1), Value.text(String.join(",", names)));
    }

    private static Value number(String name, OptionalInt number) {
        return number.isPresent()
                ? Value.text(Integer.toUnsignedString(number.getAsInt()))
                : new Unknown("the system would choose the number of " + name);
    }
}
