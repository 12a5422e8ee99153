package bramble.run;

import bramble.value.ListValue;
import bramble.value.MapValue;
import bramble.value.Text;
import bramble.value.Value;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The passwords in addresses that a task is given: {@code https://user:password@host/}. They are shown nowhere. */
final class AddressPasswords {
    private static final Pattern PASSWORD = Pattern.compile("\\w://[^/@:\\s'\"]*:(?<password>[^/@\\s'\"]+)@");

    private AddressPasswords() {}

    /** Those in one line; an address in a longer text is perhaps no more than an example of one. */
    static Stream<String> in(Value value) {
        return switch (value) {
            case Text(String text) when text.contains("://") && text.indexOf('\n') < 0 ->
                PASSWORD.matcher(text).results().map(found -> found.group(1))
                        .flatMap(password -> Stream.of(password, plain(password))).distinct();
            case ListValue list -> list.items().stream().flatMap(AddressPasswords::in);
            case MapValue map -> map.byName().values().stream().flatMap(AddressPasswords::in);
            default -> Stream.empty();
        };
    }

    private static String plain(String password) {
        try {
            return URLDecoder.decode(password.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException _) {
            return password;
        }
    }
}
