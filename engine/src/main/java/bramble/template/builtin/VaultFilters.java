package bramble.template.builtin;

import static java.util.Map.entry;

import bramble.problem.ProblemException;
import bramble.template.Arguments;
import bramble.template.Evaluation;
import bramble.template.Extensions;
import bramble.template.Filter;
import bramble.template.Lookup;
import bramble.template.TemplateException;
import bramble.template.Test;
import bramble.value.EscapedBytes;
import bramble.value.Secrets;
import bramble.value.Text;
import bramble.value.Value;
import bramble.value.Vaulted;
import bramble.vault.Identity;
import bramble.vault.Vault;
import com.google.auto.service.AutoService;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Filters, tests and the lookup for vault data. */
@AutoService(Extensions.class)
public final class VaultFilters implements Extensions {
    @Override
    public Map<String, Filter> filters() {
        return Map.ofEntries(
                entry("vault", VaultFilters::seal),
                entry("unvault", VaultFilters::open));
    }

    @Override
    public Map<String, Test> tests() {
        return Map.ofEntries(
                entry("vault_encrypted", (input, _, at) -> Vault.isVaulted(at.text(input))),
                entry("vaulted_file", (input, _, at) -> Vault.isVaulted(FileLookups.read(Path.of(at.text(input))))));
    }

    @Override
    public Map<String, Lookup> lookups() {
        return Map.of("unvault", (terms, _, at) -> terms.stream()
                .<Value>map(term -> new Text(
                        FileLookups.opened(FileLookups.find("unvault", "files", at.text(term), at), at)))
                .toList());
    }

    private static Value seal(Value input, Arguments arguments, Evaluation evaluation) {
        String label = arguments.text(2, "vault_id", "");
        var identity = new Identity(label.isEmpty() || label.equals("filter_default") ? Identity.DEFAULT : label,
                arguments.text(0, "secret"));
        return new Text(
                Vault.closed(new Secrets()).seal(EscapedBytes.encode(evaluation.text(input)), identity));
    }

    private static Value open(Value input, Arguments arguments, Evaluation evaluation) {
        String text = evaluation.text(input);
        if (!Vault.isVaulted(text)) {
            return input;
        }
        var vault = new Vault(List.of(new Identity(Identity.DEFAULT, arguments.text(0, "secret"))), false,
                new Secrets());
        try {
            return vault.open(new Vaulted(text, evaluation.source()));
        } catch (ProblemException e) {
            throw new TemplateException(e.summary());
        }
    }
}
