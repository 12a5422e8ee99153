package bramble.testkit;

import bramble.args.Resources;
import bramble.problem.ProblemException;
import bramble.problem.Source;
import bramble.template.DocumentOptions;
import bramble.template.Scope;
import bramble.template.Site;
import bramble.template.Templates;
import bramble.value.MapValue;
import bramble.value.Undefined;
import bramble.value.Value;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;

/** The controller's side of a case: its files are in one folder, its variables in one mapping. */
record FixtureResources(Path folder, MapValue variables) implements Resources {
    @Override
    public Path find(String kind, String name) {
        return Site.of(folder).find(kind, name).orElseThrow(() -> new ProblemException(Source.NONE,
                "Could not find or access '" + name + "'"));
    }

    @Override
    public String render(Path template, DocumentOptions options) {
        try {
            return new Templates(_ -> {
                throw new IllegalStateException("a case has no vault");
            }).document(Files.readString(template), Source.file(template.toString()), options, new Variables());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void secret(String value) {
        // nothing of a case is printed
    }

    @Override
    public void warn(String text) {
        // cases don't look at warnings
    }

    private final class Variables implements Scope {
        @Override
        public Value get(String name) {
            return variables.get(name).orElse(new Undefined("'" + name + "' is undefined", Source.NONE));
        }

        @Override
        public Set<String> names() {
            return variables.byName().keySet();
        }

        @Override
        public Site site() {
            return Site.of(folder);
        }
    }
}
