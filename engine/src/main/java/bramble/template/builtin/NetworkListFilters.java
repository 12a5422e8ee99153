package bramble.template.builtin;

import static java.util.Map.entry;

import bramble.template.Arguments;
import bramble.template.Evaluation;
import bramble.template.Extensions;
import bramble.template.Filter;
import bramble.template.TemplateException;
import bramble.value.Int;
import bramble.value.ListValue;
import bramble.value.Text;
import bramble.value.Value;
import com.google.auto.service.AutoService;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.apache.commons.codec.digest.Md5Crypt;

/** Filters of the collection ansible.netcommon: lists of VLANs, passwords of network devices. */
@AutoService(Extensions.class)
public final class NetworkListFilters implements Extensions {
    private static final int MOST = 4095;

    @Override
    public Map<String, Filter> filters() {
        return Map.ofEntries(
                entry("vlan_parser", NetworkListFilters::lines),
                entry("vlan_expander", NetworkListFilters::numbers),
                entry("hash_salt", (input, _, at) -> new Text(salt(at.text(input)))),
                entry("type5_pw", NetworkListFilters::password),
                entry("comp_type5", NetworkListFilters::same));
    }

    private static int vlan(String text) {
        if (!text.strip().matches("\\d{1,4}") || Integer.parseInt(text.strip()) > MOST) {
            throw new TemplateException("a VLAN is a number from 1 to " + MOST + ", not \"" + text + "\"");
        }
        return Integer.parseInt(text.strip());
    }

    /** The numbers with ranges for neighbours, in as many lines as are needed. */
    private static Value lines(Value input, Arguments arguments, Evaluation evaluation) {
        arguments.only("first_line_len", "other_line_len");
        int room = arguments.integer(0, "first_line_len", 48);
        var numbers = new TreeSet<Integer>();
        evaluation.items(input).forEach(item -> numbers.add(vlan(evaluation.text(item))));
        var lines = new ArrayList<String>();
        var line = new StringBuilder();
        for (String range : ranges(List.copyOf(numbers))) {
            if (!line.isEmpty() && line.length() + 1 + range.length() > room) {
                lines.add(line.toString());
                line.setLength(0);
                room = arguments.integer(1, "other_line_len", 44);
            }
            line.append(line.isEmpty() ? "" : ",").append(range);
        }
        if (!line.isEmpty()) {
            lines.add(line.toString());
        }
        return Value.texts(lines);
    }

    /** Two neighbours stay apart; three and more are a range. */
    private static List<String> ranges(List<Integer> numbers) {
        var ranges = new ArrayList<String>();
        for (int i = 0; i < numbers.size();) {
            int end = i;
            while (end + 1 < numbers.size() && numbers.get(end + 1) == numbers.get(end) + 1) {
                end++;
            }
            if (end - i > 1) {
                ranges.add(numbers.get(i) + "-" + numbers.get(end));
            } else {
                numbers.subList(i, end + 1).forEach(number -> ranges.add(String.valueOf(number)));
            }
            i = end + 1;
        }
        return ranges;
    }

    private static Value numbers(Value input, Arguments arguments, Evaluation evaluation) {
        var numbers = new TreeSet<Integer>();
        for (String part : evaluation.text(input).split(",", -1)) {
            String[] ends = part.split("-", -1);
            int last = vlan(ends[ends.length - 1]);
            for (int i = vlan(ends[0]); i <= last; i++) {
                numbers.add(i);
            }
        }
        return new ListValue(numbers.stream().<Value>map(Int::of).toList());
    }

    /** What stands between the second and the third dollar sign. */
    private static String salt(String hash) {
        String[] parts = hash.split("\\$", -1);
        if (parts.length < 4) {
            throw new TemplateException("Could not parse salt out password correctly from " + hash.length()
                    + " characters without three dollar signs");
        }
        return parts[2];
    }

    private static String hash(String password, String salt) {
        if (salt.isEmpty() || salt.length() > 4) {
            throw new TemplateException("the salt of a password of type 5 has one to four characters, not "
                    + salt.length());
        }
        return Md5Crypt.md5Crypt(password.getBytes(java.nio.charset.StandardCharsets.UTF_8), "$1$" + salt);
    }

    private static Value password(Value input, Arguments arguments, Evaluation evaluation) {
        arguments.only("salt");
        String salt = arguments.text(0, "salt", "");
        return new Text(hash(evaluation.text(input),
                salt.isEmpty()
                        ? Passwords.random(4, Passwords.SALT, ListFilters.generator(java.util.Optional.empty()))
                        : salt));
    }

    private static Value same(Value input, Arguments arguments, Evaluation evaluation) {
        arguments.only("encrypted_password", "return_original");
        String encrypted = arguments.text(0, "encrypted_password");
        boolean same = hash(evaluation.text(input), salt(encrypted)).equals(encrypted);
        return arguments.bool(1, "return_original", false) && same ? input : Value.of(same);
    }
}
