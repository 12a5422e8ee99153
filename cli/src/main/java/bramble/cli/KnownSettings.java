package bramble.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** All settings of ansible.cfg and the environment that Ansible documents, by the table {@code settings.txt}. */
record KnownSettings(List<KnownSetting> all, Map<String, KnownSetting> byKey, Map<String, KnownSetting> byVariable) {
    /** The settings of a server; its section is {@code galaxy_server.NAME}, its variables {@code ANSIBLE_GALAXY_SERVER_NAME_...}. */
    static final List<String> OF_SERVER = List.of("url", "token", "username", "password", "auth_url", "validate_certs",
            "api_version", "client_id", "timeout", "v3");
    static final List<String> SECRETS_OF_SERVER = List.of("token", "password");

    static KnownSettings load() {
        List<KnownSetting> all;
        try (InputStream in = Objects.requireNonNull(KnownSettings.class.getResourceAsStream("settings.txt"))) {
            all = new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().filter(line -> !line.startsWith("#"))
                    .map(KnownSettings::setting).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        var byKey = new LinkedHashMap<String, KnownSetting>();
        var byVariable = new LinkedHashMap<String, KnownSetting>();
        for (KnownSetting setting : all) {
            setting.keys().forEach(key -> byKey.putIfAbsent(key.toString(), setting));
            setting.variables().forEach(variable -> byVariable.putIfAbsent(variable, setting));
        }
        return new KnownSettings(all, byKey, byVariable);
    }

    private static KnownSetting setting(String line) {
        String[] parts = line.split("\\|", -1);
        if (parts.length != 8) {
            throw new IllegalStateException("settings.txt: " + line);
        }
        return new KnownSetting(parts[0].strip(), parts[1].strip(), parts[2].strip(),
                words(parts[3]).stream().map(KnownSettings::key).toList(), words(parts[4]), words(parts[5]),
                parts[6].strip(), parts[7].strip());
    }

    private static KnownSetting.Key key(String text) {
        int dot = text.indexOf('.');
        return new KnownSetting.Key(text.substring(0, dot), text.substring(dot + 1));
    }

    private static List<String> words(String text) {
        return Arrays.stream(text.split(",", -1)).map(String::strip).filter(word -> !word.isEmpty()).toList();
    }

    Optional<KnownSetting> at(String section, String key) {
        return Optional.ofNullable(byKey.get(section + "." + key));
    }

    Optional<KnownSetting> named(String name) {
        return all.stream().filter(setting -> setting.name().equals(name)).findFirst();
    }
}
