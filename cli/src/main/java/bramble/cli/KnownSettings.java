package bramble.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** All settings of ansible.cfg and the environment that Ansible documents, by the table {@code settings.txt}. */
record KnownSettings(List<KnownSetting> all, Map<String, KnownSetting> byKey, Map<String, KnownSetting> byVariable) {
    private static final int FIELDS = 8;

    /** The settings of a server; its section is {@code galaxy_server.NAME}, its variables {@code ANSIBLE_GALAXY_SERVER_NAME_...}. */
    static final List<String> OF_SERVER = List.of("url", "token", "username", "password", "auth_url", "validate_certs",
            "api_version", "client_id", "timeout", "v3");
    static final List<String> SECRETS_OF_SERVER = List.of("token", "password");

    /** Reads the table. Each command does so as it starts: plain loops need the least time for that. */
    static KnownSettings load() {
        String text;
        try (InputStream in = Objects.requireNonNull(KnownSettings.class.getResourceAsStream("settings.txt"))) {
            text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        var all = new ArrayList<KnownSetting>();
        var byKey = new LinkedHashMap<String, KnownSetting>();
        var byVariable = new LinkedHashMap<String, KnownSetting>();
        for (String line : parts(text, '\n')) {
            if (!line.startsWith("#")) {
                KnownSetting setting = setting(line);
                all.add(setting);
                for (KnownSetting.Key key : setting.keys()) {
                    byKey.putIfAbsent(key.toString(), setting);
                }
                for (String variable : setting.variables()) {
                    byVariable.putIfAbsent(variable, setting);
                }
            }
        }
        return new KnownSettings(all, byKey, byVariable);
    }

    private static KnownSetting setting(String line) {
        List<String> parts = parts(line, '|');
        if (parts.size() != FIELDS) {
            throw new IllegalStateException("settings.txt: " + line);
        }
        var keys = new ArrayList<KnownSetting.Key>();
        for (String text : words(parts.get(3))) {
            int dot = text.indexOf('.');
            keys.add(new KnownSetting.Key(text.substring(0, dot), text.substring(dot + 1)));
        }
        return new KnownSetting(parts.get(0), parts.get(1), parts.get(2), keys, words(parts.get(4)),
                words(parts.get(5)), parts.get(6), parts.get(7));
    }

    private static List<String> words(String text) {
        return text.isEmpty() ? List.of() : parts(text, ',');
    }

    /** What stands between separators, without blanks around; nothing after the last of the lines. */
    private static List<String> parts(String text, char separator) {
        var parts = new ArrayList<String>();
        int from = 0;
        for (int to = text.indexOf(separator); to >= 0; to = text.indexOf(separator, from)) {
            parts.add(text.substring(from, to).strip());
            from = to + 1;
        }
        if (from < text.length() || separator == '|') {
            parts.add(text.substring(from).strip());
        }
        return parts;
    }

    Optional<KnownSetting> at(String section, String key) {
        return Optional.ofNullable(byKey.get(section + "." + key));
    }

    Optional<KnownSetting> named(String name) {
        return all.stream().filter(setting -> setting.name().equals(name)).findFirst();
    }
}
