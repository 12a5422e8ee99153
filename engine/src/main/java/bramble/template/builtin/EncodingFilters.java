package bramble.template.builtin;

import static java.util.Map.entry;

import bramble.problem.ProblemException;
import bramble.template.Arguments;
import bramble.template.Evaluation;
import bramble.template.Extensions;
import bramble.template.Filter;
import bramble.template.Python;
import bramble.problem.Source;
import bramble.template.TemplateException;
import bramble.template.Test;
import bramble.value.Encodings;
import bramble.value.EscapedBytes;
import bramble.value.Json;
import bramble.value.MapValue;
import bramble.value.None;
import bramble.value.Text;
import bramble.value.Value;
import com.google.auto.service.AutoService;
import java.net.URLDecoder;
import java.nio.ByteBuffer;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;

/** Filters to and from the forms in which data travels: JSON, base64, URLs, checksums. */
@AutoService(Extensions.class)
public final class EncodingFilters implements Extensions {
    private static final String ANSIBLE_NAMESPACE = "361E6D51-FAEC-444A-9079-341386DA8E2E";

    @Override
    public Map<String, Filter> filters() {
        return Map.ofEntries(
                entry("to_json", (input, arguments, _) -> new Text(Json.write(input, style(arguments, -1, false)))),
                entry("to_nice_json", (input, arguments, _) -> new Text(Json.write(input, style(arguments, 4, true)))),
                entry("from_json", (input, _, at) -> fromJson(at.text(input))),
                entry("tojson", EncodingFilters::htmlJson),
                entry("b64encode", (input, arguments, at) -> new Text(
                        Base64.getEncoder().encodeToString(bytes(at.text(input), charset(arguments))))),
                entry("b64decode", (input, arguments, at) -> decode(at.text(input), charset(arguments))),
                entry("urlencode", EncodingFilters::urlEncode),
                entry("urldecode", (input, _, at) -> urlDecode(at.text(input))),
                entry("urlsplit", Urls::split),
                entry("hash", (input, arguments, at) -> digest(at.text(input), arguments.text(0, "hashtype", "sha1"))),
                entry("checksum", (input, _, at) -> digest(at.text(input), "sha1")),
                entry("sha1", (input, _, at) -> digest(at.text(input), "sha1")),
                entry("md5", (input, _, at) -> digest(at.text(input), "md5")),
                entry("to_uuid", EncodingFilters::uuid),
                entry("password_hash", Passwords::filter));
    }

    @Override
    public Map<String, Test> tests() {
        return Map.of(
                "uri", (input, arguments, at) -> uri(input, arguments, at, false),
                "url", (input, arguments, at) -> uri(input, arguments, at, true),
                "urn", (input, _, at) -> at.text(input).toLowerCase(Locale.ROOT).startsWith("urn:"));
    }

    private static boolean uri(Value input, Arguments arguments, Evaluation evaluation, boolean located) {
        MapValue parts = Urls.parts(evaluation.text(input));
        Value schemes = arguments.value(0, "schemes", None.NONE);
        Value scheme = parts.get("scheme").orElse(None.NONE);
        return (!located || parts.get("netloc").map(Python::truth).orElse(false))
                && (schemes == None.NONE || Python.contains(schemes, scheme));
    }

    private static Json.Style style(Arguments arguments, int indent, boolean sorted) {
        int spaces = arguments.integer(-1, "indent", indent);
        String item = spaces < 0 ? ", " : ",";
        String key = ": ";
        Value separators = arguments.value(-1, "separators", None.NONE);
        if (separators != None.NONE) {
            List<Value> pair = Python.items(separators);
            if (pair.size() != 2) {
                throw new TemplateException("separators must be two texts: between items, and behind a key");
            }
            item = bramble.value.PythonText.of(pair.get(0));
            key = bramble.value.PythonText.of(pair.get(1));
        }
        return new Json.Style(spaces, arguments.bool(-1, "sort_keys", sorted), arguments.bool(-1, "ensure_ascii", true),
                item,
                key);
    }

    private static Value fromJson(String text) {
        try {
            return Json.parse(text);
        } catch (ProblemException e) {
            throw new TemplateException(e.summary());
        }
    }

    /** JSON that is safe inside HTML, keys sorted. */
    private static Value htmlJson(Value input, Arguments arguments, Evaluation evaluation) {
        arguments.only("indent");
        int indent = arguments.integer(0, "indent", -1);
        var style = new Json.Style(indent, true, true, indent < 0 ? ", " : ",", ": ");
        return new Text(Json.write(input, style).replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
                .replace("'", "\\u0027"));
    }

    private static Charset charset(Arguments arguments) {
        String name = arguments.text(0, "encoding", "utf-8");
        return Encodings.named(name).orElseThrow(() -> new TemplateException("unknown encoding: " + name));
    }

    private static byte[] bytes(String text, Charset charset) {
        return charset.equals(StandardCharsets.UTF_8) ? EscapedBytes.encode(text) : text.getBytes(charset);
    }

    private static Value decode(String text, Charset charset) {
        String letters = text.replaceAll("[^A-Za-z0-9+/=]", "");
        try {
            byte[] bytes = Base64.getDecoder().decode(letters);
            return new Text(charset.equals(StandardCharsets.UTF_8)
                    ? EscapedBytes.decode(bytes)
                    : new String(bytes, charset));
        } catch (IllegalArgumentException _) {
            throw new TemplateException("Tried to decode base64, but the text isn't: its padding or length is wrong");
        }
    }

    private static Value urlEncode(Value input, Arguments arguments, Evaluation evaluation) {
        if (input instanceof Text || Python.number(input) || input == None.NONE) {
            return new Text(percent(evaluation.text(input), "/"));
        }
        var pairs = new ArrayList<String>();
        if (input instanceof MapValue map) {
            map.entries().forEach((key, value) -> pairs.add(query(evaluation.text(key), evaluation.text(value))));
        } else {
            for (Value item : Python.items(input)) {
                List<Value> pair = Python.items(item);
                if (pair.size() != 2) {
                    throw new TemplateException("urlencode takes a text, a mapping or a list of pairs");
                }
                pairs.add(query(evaluation.text(pair.get(0)), evaluation.text(pair.get(1))));
            }
        }
        return new Text(String.join("&", pairs));
    }

    private static String query(String key, String value) {
        return percent(key, "").replace("%20", "+") + "=" + percent(value, "").replace("%20", "+");
    }

    private static String percent(String text, String safe) {
        var encoded = new StringBuilder();
        for (byte b : EscapedBytes.encode(text)) {
            char c = (char) (b & 0xff);
            if (c < 128 && (Character.isLetterOrDigit(c) || "_.-~".indexOf(c) >= 0 || safe.indexOf(c) >= 0)) {
                encoded.append(c);
            } else {
                encoded.append('%').append(HexFormat.of().withUpperCase().toHexDigits(b));
            }
        }
        return encoded.toString();
    }

    private static Value urlDecode(String text) {
        // A percent sign that starts no code stands for itself.
        return new Text(URLDecoder.decode(text.replaceAll("%(?![0-9a-fA-F]{2})", "%25"), StandardCharsets.UTF_8));
    }

    private static Value digest(String text, String type) {
        return new Text(HexFormat.of().formatHex(digest(type).digest(EscapedBytes.encode(text))));
    }

    private static MessageDigest digest(String type) {
        String name = switch (type.toLowerCase(Locale.ROOT)) {
            case "md5" -> "MD5";
            case "sha1" -> "SHA-1";
            case "sha224" -> "SHA-224";
            case "sha256" -> "SHA-256";
            case "sha384" -> "SHA-384";
            case "sha512" -> "SHA-512";
            case "sha512_224" -> "SHA-512/224";
            case "sha512_256" -> "SHA-512/256";
            case "sha3_224" -> "SHA3-224";
            case "sha3_256" -> "SHA3-256";
            case "sha3_384" -> "SHA3-384";
            case "sha3_512" -> "SHA3-512";
            default -> "";
        };
        try {
            return MessageDigest.getInstance(name);
        } catch (NoSuchAlgorithmException _) {
            throw new TemplateException(Source.NONE, "unsupported hash type " + type,
                    "Known are md5, sha1, sha224, sha256, sha384, sha512, sha512_224, sha512_256 and sha3_*.");
        }
    }

    /** The name-based UUID, version 5, of a text. */
    private static Value uuid(Value input, Arguments arguments, Evaluation evaluation) {
        arguments.only("namespace");
        String space = arguments.text(0, "namespace", ANSIBLE_NAMESPACE);
        UUID namespace;
        try {
            namespace = UUID.fromString(space);
        } catch (IllegalArgumentException _) {
            throw new TemplateException(
                    "Invalid value '" + space + "' for 'namespace': badly formed hexadecimal UUID string");
        }
        MessageDigest sha1 = digest("sha1");
        sha1.update(ByteBuffer.allocate(16).putLong(namespace.getMostSignificantBits())
                .putLong(namespace.getLeastSignificantBits()).array());
        ByteBuffer hash = ByteBuffer.wrap(sha1.digest(evaluation.text(input).getBytes(StandardCharsets.UTF_8)));
        long high = (hash.getLong() & ~0xf000L) | 0x5000L;
        long low = (hash.getLong() & 0x3fffffffffffffffL) | 0x8000000000000000L;
        return new Text(new UUID(high, low).toString());
    }
}
