package bramble.modules.cluster;

import bramble.args.Arg;
import bramble.value.Bool;
import bramble.value.ListValue;
import bramble.value.MapValue;
import bramble.value.PythonText;
import bramble.value.Value;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What BIND is to answer, to whom, and named.conf for it.
 *
 * @see <a href="https://bind9.readthedocs.io/en/v9.18/reference.html">BIND 9.18, configuration reference</a>
 */
public record DnsServerConf(
        @Arg(value = "Where named works, and has files of which no folder is said.", fallback = "/var/cache/bind") String directory,
        @Arg(value = "Addresses at which it listens.", fallback = "[any]") List<String> listenOn,
        @Arg(value = "The same of IPv6.", fallback = "[any]", name = "listen_on_v6") List<String> listenOn6,
        @Arg("Whether it asks others for names that it doesn't have.") Optional<Boolean> recursion,
        @Arg(value = "Who may ask: addresses, networks, names of acls, any, none, localhost, localnets, key and a key's name; ! before one that may not.", fallback = "[]") List<String> allowQuery,
        @Arg(value = "Who may ask for what it keeps of others' answers.", fallback = "[]") List<String> allowQueryCache,
        @Arg(value = "Who may have it ask others.", fallback = "[]") List<String> allowRecursion,
        @Arg(value = "Who may have whole zones.", fallback = "[none]") List<String> allowTransfer,
        @Arg(value = "Who besides the primaries may say that a zone has changed.", fallback = "[]") List<String> allowNotify,
        @Arg(value = "Whom to ask instead of the root servers.", fallback = "[]") List<String> forwarders,
        @Arg("Whether the root servers are asked where no forwarder answers: first, or only the forwarders.") Optional<Forward> forward,
        @Arg(value = "Whether the servers of a zone are told that it has changed: yes, no, explicit, primary-only.", name = "notify") Optional<String> notified,
        @Arg(value = "Who else is told.", fallback = "[]") List<String> alsoNotify,
        @Arg(value = "Whether signatures are checked: auto, yes, no.", fallback = "auto") String dnssecValidation,
        @Arg("What it says to who asks for its version.") Optional<String> version,
        @Arg("Whether each question is logged, from the server's next start on: named doesn't look at that when it is reloaded.") Optional<Boolean> querylog,
        @Arg(value = "Further options: names, and their values, yes or no, or lists.", fallback = "{}") MapValue options,
        @Arg(value = "Lists of addresses, by their names.", fallback = "{}") Map<String, List<String>> acls,
        @Arg(value = "Keys that servers know each other by (TSIG), by their names.", fallback = "{}") Map<String, Key> keys,
        @Arg(value = "Where logs go, by the channels' names.", fallback = "{}") Map<String, Channel> channels,
        @Arg(value = "What is logged: categories, and the channels of each.", fallback = "{}") Map<String, List<String>> categories,
        @Arg(value = "The zones, by their names.", fallback = "{}") Map<String, Zone> zones,
        @Arg(value = "What different askers see, by the views' names; then all zones are in views.", fallback = "{}") Map<String, View> views,
        @Arg(value = "Further files of configuration that are there, with their folders.", fallback = "[]") List<String> includes,
        @Arg(value = "Further lines, as they stand in named.conf.", fallback = "[]") List<String> lines) {
    private static final Set<String> BUILT_IN = Set.of("any", "none", "localhost", "localnets");
    private static final Set<String> BUILT_IN_CHANNELS = Set.of("default_syslog", "default_debug", "default_stderr",
            "null");
    private static final Pattern VERSIONS = Pattern.compile("\\d{1,9}|unlimited");
    private static final Pattern SIZE = Pattern.compile("\\d{1,15}[kKmMgG]?|unlimited|default");
    private static final Pattern FACILITY = Pattern.compile("[a-z]+[0-7]?");
    private static final Pattern SEVERITY = Pattern
            .compile("critical|error|warning|notice|info|debug( \\d{1,2})?|dynamic");
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_.-]*");
    private static final Pattern ZONE = Pattern.compile("\\.|[A-Za-z0-9_/-]+(\\.[A-Za-z0-9_/-]+)*\\.?");

    /** Whether anybody but the forwarders is asked. */
    public enum Forward {
        FIRST,
        ONLY
    }

    /** What a server is to a zone. */
    public enum Type {
        PRIMARY,
        SECONDARY,
        FORWARD,
        STUB,
        HINT,
        MIRROR
    }

    /** A key that servers have in common. */
    public record Key(@Arg(value = "What it signs with.", fallback = "hmac-sha256") String algorithm,
            @Arg(value = "The key, in base64, as tsig-keygen says it.", secret = true) String secret) {}

    /** Where a log goes. */
    public record Channel(@Arg("A file.") Optional<String> file,
            @Arg("How many old files are kept, or unlimited.") Optional<String> versions,
            @Arg("How large a file may be, 1g say.") Optional<String> size,
            @Arg("The facility of syslog, instead of a file.") Optional<String> syslog,
            @Arg("What is worth it: critical, error, warning, notice, info, debug, dynamic.") Optional<String> severity,
            @Arg("Whether the time is written.") Optional<Boolean> printTime,
            @Arg("Whether the category is written.") Optional<Boolean> printCategory,
            @Arg("Whether the severity is written.") Optional<Boolean> printSeverity) {}

    /** A zone. */
    public record Zone(@Arg(value = "What the server is to it.", fallback = "primary") Type type,
            @Arg("Its file; of a zone that is fetched, a copy.") Optional<String> file,
            @Arg(value = "Whom it is fetched from: addresses, with key and a key's name behind them if need be.", fallback = "[]") List<String> primaries,
            @Arg(value = "Whether its servers are told that it has changed: yes, no, explicit, primary-only.", name = "notify") Optional<String> notified,
            @Arg(value = "Who else is told.", fallback = "[]") List<String> alsoNotify,
            @Arg(value = "Who may have all of it.", fallback = "[]") List<String> allowTransfer,
            @Arg(value = "Who may ask for it.", fallback = "[]") List<String> allowQuery,
            @Arg(value = "Who besides the primaries may say that it has changed.", fallback = "[]") List<String> allowNotify,
            @Arg(value = "Who may change it; then named itself keeps its file, and dns_zone must not.", fallback = "[]") List<String> allowUpdate,
            @Arg(value = "Whom to ask for it.", fallback = "[]") List<String> forwarders,
            @Arg("Whether anybody but the forwarders is asked.") Optional<Forward> forward,
            @Arg("How the file is written: text, raw.") Optional<String> masterfileFormat,
            @Arg("How it is signed: default, or a policy of the further lines. Keys are named's own.") Optional<String> dnssecPolicy,
            @Arg("Whether it is signed beside its file.") Optional<Boolean> inlineSigning,
            @Arg(value = "Further lines, as they stand in named.conf.", fallback = "[]") List<String> lines) {
        private Stream<List<String>> lists() {
            return Stream.of(allowTransfer, allowQuery, allowNotify, allowUpdate);
        }
    }

    /** What some askers see. */
    public record View(@Arg(value = "Who they are.", fallback = "[any]") List<String> matchClients,
            @Arg(value = "What addresses they ask at.", fallback = "[]") List<String> matchDestinations,
            @Arg("Whether the server asks others for them.") Optional<Boolean> recursion,
            @Arg(value = "Who may ask.", fallback = "[]") List<String> allowQuery,
            @Arg(value = "Who may have it ask others.", fallback = "[]") List<String> allowRecursion,
            @Arg(value = "The zones, by their names.", fallback = "{}") Map<String, Zone> zones,
            @Arg(value = "Further files of configuration that are there.", fallback = "[]") List<String> includes,
            @Arg(value = "Further lines, as they stand in named.conf.", fallback = "[]") List<String> lines) {}

    /** Files that the text includes. */
    List<String> included() {
        return Stream.concat(includes.stream(), views.values().stream().flatMap(view -> view.includes.stream()))
                .toList();
    }

    /** Folders that have to be there. */
    Set<String> folders() {
        var folders = new LinkedHashSet<String>(List.of(directory));
        channels.values().stream().flatMap(channel -> channel.file.stream()).filter(file -> file.lastIndexOf('/') > 0)
                .forEach(file -> folders.add(file.substring(0, file.lastIndexOf('/'))));
        return folders;
    }

    /** What can't be meant, whatever the node is like. */
    List<String> mistakes() {
        var mistakes = new ArrayList<String>();
        if (!directory.startsWith("/")) {
            mistakes.add("directory is a path from /, not '" + directory + "'");
        }
        included().stream().filter(file -> !file.startsWith("/"))
                .forEach(file -> mistakes.add("includes has '" + file + "', which is no path from /"));
        acls.forEach((name, list) -> {
            if (!NAME.matcher(name).matches() || BUILT_IN.contains(name)) {
                mistakes.add("an acl can't be called '" + name + "'");
            }
            matching("the acl " + name, list, mistakes);
        });
        keys.forEach((name, key) -> key(name, key, mistakes));
        lists((where, list) -> matching(where, list, mistakes));
        servers("forwarders", forwarders, mistakes);
        servers("also_notify", alsoNotify, mistakes);
        if (forward.isPresent() && forwarders.isEmpty()) {
            mistakes.add(
                    "forward is " + forward.get().name().toLowerCase(Locale.ROOT) + ", but there are no forwarders");
        }
        if (!Set.of("auto", "yes", "no").contains(word(dnssecValidation))) {
            mistakes.add("dnssec_validation is auto, yes or no, not '" + dnssecValidation + "'");
        }
        logging(mistakes);
        if (!views.isEmpty() && !zones.isEmpty()) {
            mistakes.add("there are views, so each zone has to be in one: "
                    + String.join(", ", zones.keySet()) + " isn't");
        }
        zones("", zones, mistakes);
        views.forEach((name, view) -> zones(" of the view " + name, view.zones, mistakes));
        sharedFiles(mistakes);
        return mistakes;
    }

    /** Each list of who may do what. */
    private void lists(BiConsumer<String, List<String>> use) {
        use.accept("listen_on", listenOn);
        use.accept("listen_on_v6", listenOn6);
        use.accept("allow_query", allowQuery);
        use.accept("allow_query_cache", allowQueryCache);
        use.accept("allow_recursion", allowRecursion);
        use.accept("allow_transfer", allowTransfer);
        use.accept("allow_notify", allowNotify);
        views.forEach((name, view) -> Stream
                .of(view.matchClients, view.matchDestinations, view.allowQuery, view.allowRecursion)
                .forEach(list -> use.accept("the view " + name, list)));
    }

    private void matching(String where, List<String> list, List<String> mistakes) {
        for (String item : list) {
            String who = item.strip().replaceFirst("^!\\s*", "");
            if (who.startsWith("key ")) {
                knownKey(where, who.substring(4).strip(), mistakes);
                continue;
            }
            Optional<Network> network = Network.parse(who);
            if (network.isPresent()) {
                if (!network.get().bare()) {
                    mistakes.add(
                            where + " has " + who + ", which is an address within a network: write the network's own");
                }
            } else if (!NAME.matcher(who).matches()) {
                mistakes.add(where + " has '" + item + "', which is no address, network or name of an acl");
            } else if (!BUILT_IN.contains(who) && !acls.containsKey(who) && included().isEmpty()) {
                mistakes.add(where + " has " + who + ", which isn't among the acls");
            }
        }
    }

    private void knownKey(String where, String name, List<String> mistakes) {
        if (!keys.containsKey(name) && included().isEmpty()) {
            mistakes.add(where + " has the key " + name + ", which isn't among the keys");
        }
    }

    private static final Pattern SERVER = Pattern.compile("(\\S+)(?: port (\\d+))?(?: key (\\S+))?");

    private void servers(String where, List<String> list, List<String> mistakes) {
        for (String item : list) {
            var server = SERVER.matcher(item.strip());
            if (!server.matches() || Network.parse(server.group(1)).isEmpty() || item.contains("/")) {
                mistakes.add(where + " has '" + item
                        + "', which is no server: 10.0.0.1, 10.0.0.1 port 5353 and 10.0.0.1 key k are");
            } else {
                Optional.ofNullable(server.group(3)).ifPresent(key -> knownKey(where, key, mistakes));
            }
        }
    }

    private static void key(String name, Key key, List<String> mistakes) {
        if (!NAME.matcher(name).matches()) {
            mistakes.add("a key can't be called '" + name + "'");
        }
        if (!key.algorithm.matches("hmac-(md5|sha1|sha224|sha256|sha384|sha512)")) {
            mistakes.add("the key " + name + " signs with " + key.algorithm + ": named knows hmac-sha256 and its like");
        }
        try {
            Base64.getDecoder().decode(key.secret);
        } catch (IllegalArgumentException _) {
            mistakes.add("the secret of the key " + name + " is not base64: tsig-keygen makes one");
        }
    }

    private void logging(List<String> mistakes) {
        channels.forEach((name, channel) -> {
            if (!NAME.matcher(name).matches() || BUILT_IN_CHANNELS.contains(name)) {
                mistakes.add("a channel can't be called '" + name + "'");
            }
            if (channel.file.isPresent() == channel.syslog.isPresent()) {
                mistakes.add("the channel " + name + " needs either a file or syslog");
            }
            said("versions of the channel " + name, channel.versions, VERSIONS, "a number, or unlimited", mistakes);
            said("size of the channel " + name, channel.size, SIZE, "a size like 500k, 20m or 1g, or unlimited",
                    mistakes);
            said("syslog of the channel " + name, channel.syslog, FACILITY, "a facility like daemon or local0",
                    mistakes);
            said("severity of the channel " + name, channel.severity, SEVERITY,
                    "critical, error, warning, notice, info, debug and its level, or dynamic", mistakes);
        });
        categories.forEach((name, some) -> some.stream()
                .filter(channel -> !channels.containsKey(channel) && !BUILT_IN_CHANNELS.contains(channel))
                .forEach(channel -> mistakes
                        .add("the category " + name + " has " + channel + ", which isn't among the channels")));
    }

    private static void said(String what, Optional<String> given, Pattern right, String rule, List<String> mistakes) {
        given.filter(text -> !right.matcher(text).matches())
                .ifPresent(text -> mistakes.add(what + " is '" + text + "'; it is " + rule));
    }

    private void zones(String of, Map<String, Zone> some, List<String> mistakes) {
        var seen = new HashMap<String, String>();
        some.forEach((name, zone) -> {
            if (!ZONE.matcher(name).matches()) {
                mistakes.add("a zone can't be called '" + name + "'");
            }
            String before = seen.put(bare(name), name);
            if (before != null) {
                mistakes.add(before + " and " + name + of + " are one zone");
            }
            zone(name + of, zone, mistakes);
        });
    }

    private void zone(String name, Zone zone, List<String> mistakes) {
        switch (zone.type) {
            case PRIMARY, HINT -> zone.file.ifPresentOrElse(_ -> {}, () -> mistakes.add("the zone " + name
                    + " has no file"));
            case SECONDARY, STUB -> {
                if (zone.primaries.isEmpty()) {
                    mistakes.add("the zone " + name + " has no primaries to fetch it from");
                }
            }
            case FORWARD -> {
                if (zone.forwarders.isEmpty()) {
                    mistakes.add("the zone " + name + " has no forwarders");
                }
            }
            case MIRROR -> {
            }
        }
        servers("primaries of " + name, zone.primaries, mistakes);
        servers("also_notify of " + name, zone.alsoNotify, mistakes);
        servers("forwarders of " + name, zone.forwarders, mistakes);
        zone.lists().forEach(list -> matching("the zone " + name, list, mistakes));
    }

    /** A file that named writes can't be two zones'. */
    private void sharedFiles(List<String> mistakes) {
        var files = new HashMap<String, String>();
        Stream.concat(Stream.of(zones), views.values().stream().map(View::zones))
                .forEach(some -> some.forEach((name, zone) -> {
                    boolean written = zone.type != Type.HINT && zone.type != Type.FORWARD
                            && (zone.type != Type.PRIMARY || !zone.allowUpdate.isEmpty());
                    zone.file.filter(_ -> written).map(file -> files.put(file, name)).ifPresent(other -> mistakes
                            .add("the zones " + other + " and " + name + " have one file, " + zone.file.orElse("")));
                }));
    }

    private static String bare(String zone) {
        return (zone.length() > 1 && zone.endsWith(".") ? zone.substring(0, zone.length() - 1) : zone)
                .toLowerCase(Locale.ROOT);
    }

    /** All of named.conf. */
    String text() {
        var text = new ConfigText();
        acls.forEach((name, list) -> text.line("acl " + quoted(name) + " " + block(list) + ";"));
        keys.forEach((name, key) -> text.open("key " + quoted(name)).line("algorithm " + key.algorithm + ";")
                .line("secret " + quoted(key.secret) + ";").close("};"));
        text.open("options").line("directory " + quoted(directory) + ";");
        text.line("listen-on " + block(listenOn) + ";").line("listen-on-v6 " + block(listenOn6) + ";");
        flag(text, "recursion", recursion);
        list(text, "allow-query", allowQuery);
        list(text, "allow-query-cache", allowQueryCache);
        list(text, "allow-recursion", allowRecursion);
        list(text, "allow-transfer", allowTransfer);
        list(text, "allow-notify", allowNotify);
        list(text, "forwarders", forwarders);
        forward(text, forward);
        notified.ifPresent(word -> text.line("notify " + word(word) + ";"));
        list(text, "also-notify", alsoNotify);
        text.line("dnssec-validation " + word(dnssecValidation) + ";");
        version.ifPresent(said -> text.line("version " + quoted(said) + ";"));
        flag(text, "querylog", querylog);
        options.entries().forEach((name, value) -> text.line(PythonText.of(name) + " " + value(value) + ";"));
        text.close("};");
        logging(text);
        includes.forEach(file -> text.line("include " + quoted(file) + ";"));
        zones.forEach((name, zone) -> zone(text, name, zone));
        views.forEach((name, view) -> view(text, name, view));
        lines.forEach(text::line);
        return text.toString();
    }

    private void logging(ConfigText text) {
        if (channels.isEmpty() && categories.isEmpty()) {
            return;
        }
        text.open("logging");
        channels.forEach((name, channel) -> {
            text.open("channel " + quoted(name));
            channel.file.ifPresent(file -> text.line("file " + quoted(file)
                    + channel.versions.map(n -> " versions " + n).orElse("")
                    + channel.size.map(n -> " size " + n).orElse("") + ";"));
            channel.syslog.ifPresent(facility -> text.line("syslog " + facility + ";"));
            channel.severity.ifPresent(severity -> text.line("severity " + severity + ";"));
            flag(text, "print-time", channel.printTime);
            flag(text, "print-category", channel.printCategory);
            flag(text, "print-severity", channel.printSeverity);
            text.close("};");
        });
        categories.forEach((name, some) -> text
                .line("category " + name + " " + block(some.stream().map(DnsServerConf::quoted).toList()) + ";"));
        text.close("};");
    }

    private static void zone(ConfigText text, String name, Zone zone) {
        text.open("zone " + quoted(name)).line("type " + zone.type.name().toLowerCase(Locale.ROOT) + ";");
        zone.file.ifPresent(file -> text.line("file " + quoted(file) + ";"));
        list(text, "primaries", zone.primaries);
        zone.notified.ifPresent(word -> text.line("notify " + word(word) + ";"));
        list(text, "also-notify", zone.alsoNotify);
        list(text, "allow-transfer", zone.allowTransfer);
        list(text, "allow-query", zone.allowQuery);
        list(text, "allow-notify", zone.allowNotify);
        list(text, "allow-update", zone.allowUpdate);
        list(text, "forwarders", zone.forwarders);
        forward(text, zone.forward);
        zone.masterfileFormat.ifPresent(format -> text.line("masterfile-format " + format + ";"));
        zone.dnssecPolicy.ifPresent(policy -> text.line("dnssec-policy " + quoted(policy) + ";"));
        flag(text, "inline-signing", zone.inlineSigning);
        zone.lines.forEach(text::line);
        text.close("};");
    }

    private static void view(ConfigText text, String name, View view) {
        text.open("view " + quoted(name));
        list(text, "match-clients", view.matchClients);
        list(text, "match-destinations", view.matchDestinations);
        flag(text, "recursion", view.recursion);
        list(text, "allow-query", view.allowQuery);
        list(text, "allow-recursion", view.allowRecursion);
        view.includes.forEach(file -> text.line("include " + quoted(file) + ";"));
        view.zones.forEach((zone, one) -> zone(text, zone, one));
        view.lines.forEach(text::line);
        text.close("};");
    }

    private static void list(ConfigText text, String name, List<String> items) {
        if (!items.isEmpty()) {
            text.line(name + " " + block(items) + ";");
        }
    }

    private static void flag(ConfigText text, String name, Optional<Boolean> set) {
        set.ifPresent(yes -> text.line(name + (yes ? " yes;" : " no;")));
    }

    private static void forward(ConfigText text, Optional<Forward> forward) {
        forward.ifPresent(one -> text.line("forward " + one.name().toLowerCase(Locale.ROOT) + ";"));
    }

    private static String block(List<String> items) {
        return (items.isEmpty() ? List.of("none") : items).stream().map(item -> item + "; ")
                .collect(Collectors.joining("", "{ ", "}"));
    }

    /** An option's value as named.conf has it. */
    private static String value(Value value) {
        return switch (value) {
            case Bool bool -> word(PythonText.of(bool));
            case ListValue list -> block(list.items().stream().map(DnsServerConf::value).toList());
            default -> PythonText.of(value);
        };
    }

    /** YAML's yes and no in named's words. */
    private static String word(String said) {
        return switch (said.toLowerCase(Locale.ROOT)) {
            case "true", "yes" -> "yes";
            case "false", "no" -> "no";
            default -> said;
        };
    }

    private static String quoted(String text) {
        return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }
}
