package bramble.cli;

import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;

/** Flags that say where hosts come from, and how vaults are opened. */
final class InventoryFlags {
    @Option(names = {"-i", "--inventory",
        "--inventory-file"}, paramLabel = "SOURCE", description = "an inventory: a file, a folder, a script, or hosts with commas (a,b,)")
    List<String> inventory = new ArrayList<>();

    @Option(names = {"-l", "--limit"}, paramLabel = "PATTERN", description = "only these of the hosts")
    List<String> limit = new ArrayList<>();

    @Option(names = {
        "--vault-id"}, paramLabel = "ID@SOURCE", description = "a vault's identity and its password's source")
    List<String> vaultIds = new ArrayList<>();

    @Option(names = {"--vault-password-file",
        "--vault-pass-file"}, paramLabel = "FILE", description = "a file with the vault's password, or a script that prints it")
    List<String> vaultPasswordFiles = new ArrayList<>();

    @Option(names = {"-J", "--ask-vault-password", "--ask-vault-pass"}, description = "ask for the vault's password")
    boolean askVaultPassword;

    @Option(names = {"-e",
        "--extra-vars"}, paramLabel = "VARS", description = "variables that are stronger than all others: key=value, JSON or YAML, or @file")
    List<String> extraVars = new ArrayList<>();

    @Option(names = {"--allow-no-hosts"}, description = "no host matched is no error")
    boolean allowNoHosts;
}
