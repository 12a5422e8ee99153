package bramble.modules.network;

import bramble.modules.files.NodePath;
import bramble.shell.Content;
import bramble.template.Python;
import bramble.value.MapValue;
import bramble.value.PythonText;
import bramble.value.Text;
import bramble.value.Value;
import java.io.ByteArrayOutputStream;
import java.net.URLConnection;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Function;

/** A form whose fields may be files: {@code multipart/form-data}. */
final class FormData {
    private static final Base64.Encoder LINES = Base64.getMimeEncoder(76, new byte[]{'\n'});

    private FormData() {}

    /** @param file reads one that a field names */
    static UriModule.Sent of(Value given, Function<String, byte[]> file) {
        if (!(given instanceof MapValue fields)) {
            throw new UriModule.BadBody("form-multipart: a mapping is required, cannot be type " + kind(given));
        }
        byte[] random = new byte[16];
        ThreadLocalRandom.current().nextBytes(random);
        String boundary = HexFormat.of().formatHex(random);
        var out = new ByteArrayOutputStream();
        for (Map.Entry<String, Value> field : fields.byName().entrySet()) {
            text(out, "--" + boundary + "\r\n");
            part(out, field.getKey(), field.getValue(), file);
            text(out, "\r\n");
        }
        text(out, "--" + boundary + "--\r\n");
        return new UriModule.Sent(new Content.Bytes(out.toByteArray()),
                Optional.of("multipart/form-data; boundary=\"" + boundary + "\""));
    }

    private static void part(ByteArrayOutputStream out, String name, Value value, Function<String, byte[]> file) {
        String head = "Content-Disposition: form-data; name=\"" + quoted(name) + "\"";
        switch (value) {
            case Text(String plain) -> text(out, head + "\r\n\r\n" + plain);
            case MapValue parts -> {
                Optional<String> fileName = parts.get("filename").map(PythonText::of).filter(given -> !given.isEmpty());
                Optional<String> content = parts.get("content").map(PythonText::of);
                String type = parts.get("mime_type").map(PythonText::of)
                        .or(() -> fileName.map(URLConnection::guessContentTypeFromName))
                        .orElse(fileName.isPresent() ? "application/octet-stream" : "text/plain");
                if (fileName.isEmpty() && content.isEmpty()) {
                    throw new UriModule.BadBody("form-multipart: at least one of filename or content must be provided");
                }
                text(out, head + fileName.map(path -> "; filename=\"" + quoted(NodePath.name(path)) + "\"").orElse("")
                        + "\r\nContent-Type: " + type + "\r\n");
                if (content.isPresent()) {
                    text(out, "\r\n" + content.get());
                } else {
                    bytes(out, file.apply(fileName.orElseThrow()),
                            parts.get("multipart_encoding").map(PythonText::of).orElse("base64"));
                }
            }
            default -> throw new UriModule.BadBody(
                    "form-multipart: value must be a string, or mapping, cannot be type " + kind(value));
        }
    }

    private static void bytes(ByteArrayOutputStream out, byte[] bytes, String coding) {
        switch (coding) {
            case "base64" -> {
                text(out, "Content-Transfer-Encoding: base64\r\n\r\n");
                out.writeBytes(LINES.encode(bytes));
            }
            case "7or8bit" -> {
                text(out, "\r\n");
                out.writeBytes(bytes);
            }
            default -> throw new UriModule.BadBody(
                    "form-multipart: multipart_encoding must be one of base64, 7or8bit, not " + coding);
        }
    }

    private static void text(ByteArrayOutputStream out, String text) {
        out.writeBytes(text.getBytes(StandardCharsets.UTF_8));
    }

    private static String quoted(String text) {
        return text.replace("\\", "\\\\").replace("\"", "\\\"").replaceAll("[\r\n]", " ");
    }

    private static String kind(Value value) {
        return Python.type(value);
    }
}
