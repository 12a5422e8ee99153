package bramble.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Flags that say where hosts come from, and how vaults are opened. */
final class InventoryFlags {
    final List<String> inventory = new ArrayList<>();
    final List<String> limit = new ArrayList<>();
    final List<String> vaultIds = new ArrayList<>();
    final List<String> vaultPasswordFiles = new ArrayList<>();
    boolean askVaultPassword;
    final List<String> extraVars = new ArrayList<>();
    boolean allowNoHosts;

    /** The pattern of those that are wanted, where the command line has one. */
    Optional<String> limit() {
        return limit.isEmpty() ? Optional.empty() : Optional.of(String.join(",", limit));
    }

    /** The same, for these hosts alone. */
    InventoryFlags only(List<String> hosts) {
        var others = new InventoryFlags();
        others.inventory.addAll(inventory);
        others.limit.addAll(hosts);
        others.vaultIds.addAll(vaultIds);
        others.vaultPasswordFiles.addAll(vaultPasswordFiles);
        others.askVaultPassword = askVaultPassword;
        others.extraVars.addAll(extraVars);
        return others;
    }

    void declare(Syntax syntax) {
        declareSource(syntax);
        syntax.value(limit::add, "PATTERN", "only these of the hosts", "-l", "--limit");
        declareVariables(syntax);
        syntax.flag(() -> allowNoHosts = true, "no host matched is no error", "--allow-no-hosts");
    }

    /** Those that say where hosts and their variables come from, for what is about one host. */
    void declareSources(Syntax syntax) {
        declareSource(syntax);
        declareVariables(syntax);
    }

    private void declareSource(Syntax syntax) {
        syntax.value(inventory::add, "SOURCE", "an inventory: a file, a folder, a script, or hosts with commas (a,b,)",
                "-i", "--inventory", "--inventory-file");
    }

    private void declareVariables(Syntax syntax) {
        syntax.value(vaultIds::add, "ID@SOURCE", "a vault's identity and its password's source", "--vault-id");
        syntax.value(vaultPasswordFiles::add, "FILE", "a file with the vault's password, or a script that prints it",
                "--vault-password-file", "--vault-pass-file");
        syntax.flag(() -> askVaultPassword = true, "ask for the vault's password", "-J", "--ask-vault-password",
                "--ask-vault-pass");
        syntax.value(extraVars::add, "VARS",
                "variables that are stronger than all others: key=value, JSON or YAML, or @file", "-e", "--extra-vars");
    }
}
