package bramble.modules.databases;

import bramble.module.Effect;
import bramble.module.Fact;
import bramble.module.Maybe;
import bramble.shell.Answer;
import bramble.shell.Sh;
import java.util.List;

/** Asks a PostgreSQL database for an extension. */
record PgExtensionFact(PgClient client, String name) implements Fact<Said<PgExtensionFact.Extension>> {
    /**
     * The extension.
     *
     * @param installed its version in the database; empty where it isn't in it
     * @param newest the version that would come; empty where the server has none
     * @param versions that the server has
     */
    record Extension(String installed, String newest, List<String> versions) {
        Extension {
            versions = List.copyOf(versions);
        }
    }

    @Override
    public Sh script() {
        String named = PgClient.text(name);
        return client.tell(Sql.of("{}{}",
                PgClient.rows(Sql.of("SELECT (SELECT extversion FROM pg_extension WHERE extname = {}),"
                        + " (SELECT default_version FROM pg_available_extensions WHERE name = {})", named, named)),
                PgClient.rows(Sql.of("SELECT version FROM pg_available_extension_versions WHERE name = {} ORDER BY 1",
                        named))));
    }

    @Override
    public Said<Extension> parse(Answer answer) {
        return PgClient.said(answer, rows -> new Extension(rows.getFirst().get(0).orElse(""),
                rows.getFirst().get(1).orElse(""),
                rows.stream().skip(1).map(row -> row.getFirst().orElse("")).toList()));
    }

    @Override
    @SuppressWarnings("unchecked") // the value of a PgExtensionFact
    public Maybe<Said<Extension>> after(Effect.Becomes<?> effect, Said<Extension> current) {
        return effect.fact() instanceof PgExtensionFact(PgClient other, String changed) && changed.equals(name)
                && client.same(other) && other.database().equals(client.database()) && current instanceof Said.Answered
                        ? Maybe.known((Said<Extension>) effect.value())
                        : client.after(effect, current);
    }
}
