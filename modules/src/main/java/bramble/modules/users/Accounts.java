package bramble.modules.users;

import bramble.module.Change;
import bramble.modules.files.Tried;
import bramble.shell.Answer;
import bramble.shell.Sh;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/** The node's account table: the lines of /etc/passwd, /etc/group and /etc/shadow. */
public record Accounts(List<List<String>> passwd, List<List<String>> group, List<List<String>> shadow) {
    /** Reads all three with one process; all facts about users and groups share it. */
    static final Sh SCRIPT = Sh.raw("grep '' /etc/passwd /etc/group /etc/shadow 2>/dev/null; :");

    public Accounts {
        passwd = List.copyOf(passwd);
        group = List.copyOf(group);
        shadow = List.copyOf(shadow);
    }

    static Accounts parse(Answer answer) {
        var passwd = new ArrayList<List<String>>();
        var group = new ArrayList<List<String>>();
        var shadow = new ArrayList<List<String>>();
        for (String line : answer.text().lines().toList()) {
            int colon = line.indexOf(':');
            List<String> fields = List.of(line.substring(colon + 1).split(":", -1));
            switch (line.substring(0, colon)) {
                case "/etc/passwd" -> passwd.add(fields);
                case "/etc/group" -> group.add(fields);
                default -> shadow.add(fields);
            }
        }
        return new Accounts(passwd, group, shadow);
    }

    static String text(List<List<String>> lines) {
        return lines.stream().map(line -> String.join(":", line) + "\n").reduce("", String::concat);
    }

    Optional<Account> user(String name) {
        return passwd.stream().filter(line -> line.size() >= 7 && line.getFirst().equals(name)).findFirst()
                .map(line -> {
                    var groups = new TreeSet<String>();
                    for (List<String> one : group) {
                        if (one.size() >= 4 && List.of(one.get(3).split(",", -1)).contains(name)) {
                            groups.add(one.getFirst());
                        }
                    }
                    String primary = group.stream().filter(one -> one.size() >= 3 && one.get(2).equals(line.get(3)))
                            .findFirst().map(List::getFirst).orElse(line.get(3));
                    List<String> secret = shadow.stream().filter(one -> one.getFirst().equals(name)).findFirst()
                            .orElse(List.of());
                    String password = secret.size() > 1 ? secret.get(1) : line.get(1);
                    var ages = new Account.Ages(field(secret, 3), field(secret, 4), field(secret, 5), field(secret, 7));
                    return new Account(name, number(line.get(2)), number(line.get(3)), primary, line.get(4),
                            line.get(5),
                            line.get(6), groups, password, ages);
                });
    }

    private static String field(List<String> fields, int index) {
        return fields.size() > index ? fields.get(index) : "";
    }

    private static OptionalInt number(String text) {
        return text.matches("\\d{1,10}") ? OptionalInt.of(Integer.parseUnsignedInt(text)) : OptionalInt.empty();
    }

    /** What is wrong with a name, or with what else is to be in the table, where no tool of the node says so. */
    static Optional<String> obstacle(String kind, String name, Stream<String> fields) {
        if (!name.matches("[A-Za-z0-9_.][A-Za-z0-9_.-]*\\$?") || name.length() > 32) {
            return Optional.of("invalid " + kind + " name '" + name
                    + "': it has letters, digits, dots, underscores and dashes, and no more than 32 of them");
        }
        return fields.filter(field -> field.indexOf(':') >= 0 || field.indexOf('\n') >= 0).findFirst()
                .map(field -> "invalid field of the " + kind + " " + name + ": it has a colon, or a line's end, in it");
    }

    /** The change, of which a dry run says that who runs the task may not make it. */
    static Change denied(String what, Change change) {
        return change.refused(Tried.denied(what + change.subject()));
    }

    /** Which user has the number. */
    Optional<String> holder(int uid) {
        return passwd.stream().filter(line -> line.size() > 2 && line.get(2).equals(Integer.toUnsignedString(uid)))
                .findFirst().map(List::getFirst);
    }

    /** By name or number. */
    Optional<Group> group(String wanted) {
        return group.stream().filter(line -> line.size() >= 3)
                .filter(line -> line.getFirst().equals(wanted) || line.get(2).equals(wanted)).findFirst()
                .map(line -> new Group(line.getFirst(), number(line.get(2)), line.size() < 4 || line.get(3).isEmpty()
                        ? Set.of()
                        : Set.of(line.get(3).split(",", -1))));
    }

    /** The first free number, as the usual tools choose it: from 1000 up, for the system's own from 999 down. */
    static int free(List<List<String>> lines, boolean system, Optional<Integer> lowest, Optional<Integer> highest) {
        Set<String> taken = new TreeSet<>(
                lines.stream().filter(line -> line.size() > 2).map(line -> line.get(2)).toList());
        int number = system ? highest.orElse(999) : lowest.orElse(1000);
        while (taken.contains(String.valueOf(number))) {
            number += system ? -1 : 1;
        }
        return number;
    }

    /** The table with that account as it is given, new or changed. */
    Accounts with(Account account) {
        String uid = account.uid().isPresent() ? Integer.toUnsignedString(account.uid().getAsInt()) : "";
        String gid = account.gid().isPresent() ? Integer.toUnsignedString(account.gid().getAsInt()) : "";
        var line = List.of(account.name(), "x", uid, gid, account.comment(), account.home(), account.shell());
        List<String> old = shadow.stream().filter(one -> one.getFirst().equals(account.name())).findFirst()
                .orElse(List.of(account.name(), "!", "", "", "", "", "", "", ""));
        var secret = new ArrayList<>(old);
        while (secret.size() < 9) {
            secret.add("");
        }
        secret.set(1, account.password());
        secret.set(3, account.ages().min());
        secret.set(4, account.ages().max());
        secret.set(5, account.ages().warn());
        secret.set(7, account.ages().expire());
        List<List<String>> groups = group.stream().map(one -> members(one, account.name(),
                account.groups().contains(one.getFirst()))).toList();
        return new Accounts(put(passwd, line), groups, put(shadow, secret));
    }

    private static List<String> members(List<String> line, String name, boolean member) {
        List<String> now = line.size() < 4 || line.get(3).isEmpty() ? List.of() : List.of(line.get(3).split(",", -1));
        if (now.contains(name) == member) {
            return line;
        }
        var next = new ArrayList<>(now);
        next.remove(name);
        if (member) {
            next.add(name);
        }
        return List.of(line.get(0), line.get(1), line.get(2), String.join(",", next));
    }

    private static List<List<String>> put(List<List<String>> lines, List<String> line) {
        var next = new ArrayList<>(lines);
        for (int i = 0; i < next.size(); i++) {
            if (next.get(i).getFirst().equals(line.getFirst())) {
                next.set(i, List.copyOf(line));
                return next;
            }
        }
        next.add(List.copyOf(line));
        return next;
    }

    private static List<List<String>> drop(List<List<String>> lines, String name) {
        return lines.stream().filter(line -> !line.getFirst().equals(name)).toList();
    }

    /** Without that user, and without the group of the same name if nobody else has it. */
    Accounts without(String user) {
        Accounts left = new Accounts(drop(passwd, user), group.stream().map(one -> members(one, user, false)).toList(),
                drop(shadow, user));
        boolean own = left.group(user).filter(g -> g.members().isEmpty() && left.passwd.stream()
                .noneMatch(line -> line.size() > 3 && line.get(3).equals(String.valueOf(g.gid().orElse(-1)))))
                .isPresent();
        return own ? left.withoutGroup(user) : left;
    }

    Accounts withGroup(Group made) {
        return new Accounts(passwd, put(group, List.of(made.name(), "x", String.valueOf(made.gid().orElseThrow()),
                String.join(",", new TreeSet<>(made.members())))), shadow);
    }

    Accounts withoutGroup(String name) {
        return new Accounts(passwd, drop(group, name), shadow);
    }

    /** Without what is secret. */
    @Override
    public String toString() {
        return "Accounts[" + passwd.size() + " users]";
    }
}
