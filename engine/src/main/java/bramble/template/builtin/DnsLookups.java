package bramble.template.builtin;

import static java.util.Map.entry;

import bramble.template.Arguments;
import bramble.template.Evaluation;
import bramble.template.Extensions;
import bramble.template.Lookup;
import bramble.template.TemplateException;
import bramble.value.ListValue;
import bramble.value.MapValue;
import bramble.value.Text;
import bramble.value.Value;
import com.google.auto.service.AutoService;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import javax.naming.Context;
import javax.naming.NameNotFoundException;
import javax.naming.NamingException;
import javax.naming.directory.Attribute;
import javax.naming.directory.DirContext;
import javax.naming.directory.InitialDirContext;

/** Lookups in DNS, of the collection community.general: {@code dig} and {@code dnstxt}. The JDK asks the servers. */
@AutoService(Extensions.class)
public final class DnsLookups implements Extensions {
    private static final Set<String> TYPES = Set.of("A", "NS", "CNAME", "SOA", "PTR", "MX", "TXT", "HINFO", "AAAA",
            "NAPTR", "SRV");
    private static final String NO_DOMAIN = "NXDOMAIN";

    @Override
    public Map<String, Lookup> lookups() {
        return Map.ofEntries(
                entry("dig", DnsLookups::dig),
                entry("dnstxt", DnsLookups::texts));
    }

    /** What is asked for, of whom, and in which form the answer is wanted. */
    private static final class Question {
        private final List<String> names = new ArrayList<>();
        private final List<String> servers = new ArrayList<>();
        private final Map<String, String> options = new LinkedHashMap<>(
                Map.of("qtype", "A", "flat", "1", "real_empty", "0", "fail_on_error", "0", "port", "53"));

        static Question of(List<Value> terms, Arguments given, Evaluation evaluation) {
            var question = new Question();
            given.named().forEach((name, value) -> question.options.put(name, evaluation.text(value)));
            for (Value term : terms) {
                String text = evaluation.text(term);
                int equals = text.indexOf('=');
                if (text.startsWith("@")) {
                    question.servers.addAll(Arrays.asList(text.substring(1).split(",", -1)));
                } else if (equals > 0) {
                    question.options.put(text.substring(0, equals), text.substring(equals + 1));
                } else {
                    int slash = text.lastIndexOf('/');
                    boolean typed = slash > 0 && TYPES.contains(text.substring(slash + 1).toUpperCase(Locale.ROOT));
                    question.names.add(typed ? text.substring(0, slash) : text);
                    if (typed) {
                        question.options.put("qtype", text.substring(slash + 1));
                    }
                }
            }
            if (question.names.isEmpty()) {
                throw new TemplateException("dig needs the name of a domain");
            }
            if (!TYPES.contains(question.type())) {
                throw new TemplateException("dig can't ask for records of the type " + question.type() + ", only for "
                        + String.join(", ", TYPES.stream().sorted().toList()));
            }
            return question;
        }

        String type() {
            return options.getOrDefault("qtype", "A").toUpperCase(Locale.ROOT);
        }

        boolean is(String option) {
            return Set.of("1", "true", "yes", "on")
                    .contains(options.getOrDefault(option, "0").toLowerCase(Locale.ROOT));
        }

        String name(String given) {
            boolean reverse = type().equals("PTR") && Cidr.parse(given).isPresent();
            return reverse ? Cidr.parse(given).orElseThrow().reverseName() : given;
        }

        List<String> ask(String given) {
            String servers = String.join(" ", this.servers.stream().map(
                    server -> "dns://" + (server.contains(":") ? "[" + server + "]" : server) + ":"
                            + options.get("port"))
                    .toList());
            return records(name(given), type(), servers.isEmpty() ? "dns:" : servers);
        }
    }

    /** The records of a name, as zone files write them. */
    @SuppressWarnings({"BanJNDI", "JdkObsolete"}) // only DNS is asked, which gives texts, never objects; JNDI wants a Hashtable
    private static List<String> records(String name, String type, String servers) {
        var environment = new Properties();
        environment.setProperty(Context.INITIAL_CONTEXT_FACTORY, "com.sun.jndi.dns.DnsContextFactory");
        environment.setProperty(Context.PROVIDER_URL, servers);
        try {
            DirContext context = new InitialDirContext(environment);
            try {
                Attribute found = context.getAttributes(name.replaceFirst("\\.$", ""), new String[]{type}).get(type);
                var records = new ArrayList<String>();
                for (int i = 0; found != null && i < found.size(); i++) {
                    records.add(written(type, String.valueOf(found.get(i))));
                }
                return List.copyOf(records);
            } finally {
                context.close();
            }
        } catch (NameNotFoundException _) {
            return List.of(NO_DOMAIN);
        } catch (NamingException e) {
            throw new TemplateException("Tried to ask DNS for " + name + ", but " + e.getMessage());
        }
    }

    private static String written(String type, String record) {
        return switch (type) {
            case "TXT" -> record.length() > 1 && record.startsWith("\"") && record.endsWith("\"")
                    ? record.substring(1, record.length() - 1)
                    : record;
            case "AAAA" -> Cidr.parse(record).map(Cidr::address).orElse(record);
            default -> record;
        };
    }

    private static List<Value> dig(List<Value> terms, Arguments options, Evaluation evaluation) {
        Question question = Question.of(terms, options, evaluation);
        var found = new ArrayList<Value>();
        for (String name : question.names) {
            List<String> records;
            try {
                records = question.ask(name);
            } catch (TemplateException e) {
                if (question.is("fail_on_error")) {
                    throw e;
                }
                records = List.of(""); // as if there were no answer
            }
            boolean none = records.isEmpty() || records.equals(List.of(NO_DOMAIN)) || records.equals(List.of(""));
            if (none && question.is("fail_on_error")) {
                throw new TemplateException("DNS has no record " + question.type() + " of " + name);
            }
            if (none && question.is("real_empty")) {
                continue;
            }
            if (records.isEmpty()) {
                found.add(new Text(""));
            }
            for (String record : records) {
                found.add(none || question.is("flat") ? new Text(record) : parts(name, question.type(), record));
            }
        }
        return found;
    }

    /** A record's fields by name. */
    private static Value parts(String owner, String type, String record) {
        List<String> names = switch (type) {
            case "A", "AAAA" -> List.of("address");
            case "MX" -> List.of("preference", "exchange");
            case "NS", "CNAME", "PTR" -> List.of("target");
            case "SRV" -> List.of("priority", "weight", "port", "target");
            case "SOA" -> List.of("mname", "rname", "serial", "refresh", "retry", "expire", "minimum");
            case "TXT" -> List.of("strings");
            default -> List.of("data");
        };
        String[] fields = record.split(" ", names.size());
        MapValue map = MapValue.of("owner", owner, "type", type, "class", "IN");
        for (int i = 0; i < Math.min(fields.length, names.size()); i++) {
            boolean number = fields[i].matches("\\d{1,10}");
            map = map.with(names.get(i), number ? Long.valueOf(fields[i]) : fields[i]);
        }
        return map;
    }

    private static List<Value> texts(List<Value> terms, Arguments options, Evaluation evaluation) {
        var found = new ArrayList<Value>();
        for (Value term : terms) {
            List<String> records = records(evaluation.text(term), "TXT", "dns:").stream()
                    .map(record -> record.equals(NO_DOMAIN) && LogicFilters.flag(options, "real_empty", false)
                            ? ""
                            : record)
                    .filter(record -> !record.isEmpty()).toList();
            found.add(records.size() == 1
                    ? new Text(records.getFirst())
                    : records.isEmpty() ? new Text("") : new ListValue(Value.texts(records).items()));
        }
        return found;
    }
}
