package bramble.run;

import bramble.brought.BroughtModule;
import bramble.playbook.Role;
import bramble.playbook.Task;
import bramble.value.MapValue;
import bramble.value.PythonText;
import bramble.value.Text;
import bramble.value.Undefined;
import bramble.value.Value;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;

/** What a module that the playbook brings is told, besides the task's arguments. */
final class BroughtCall {
    private BroughtCall() {}

    static MapValue arguments(World world, Task task, HostScope scope, TaskPlace place, MapValue given,
            boolean secret) {
        String name = task.action().written();
        MapValue told = MapValue.of("_ansible_check_mode", place.dryRun(), "_ansible_diff", place.diff(),
                "_ansible_no_log", secret, "_ansible_verbosity", world.options.verbosity(), "_ansible_debug", false,
                "_ansible_version", scope.get("ansible_version") instanceof MapValue version
                        ? version.get("full").orElse(new Text(""))
                        : "",
                "_ansible_module_name", name, "_ansible_syslog_facility", "LOG_USER", "_ansible_socket", null,
                "_ansible_keep_remote_files", false, "_ansible_remote_tmp",
                TaskPlace.text(world, scope, "ansible_remote_tmp").or(() -> world.options.habits().nodeFolder())
                        .orElse("~/.ansible/tmp"),
                "_ansible_tmpdir", null,
                "_ansible_shell_executable", "/bin/sh", "_ansible_string_conversion_action", "warn",
                "_ansible_selinux_special_fs", List.of("fuse", "nfs", "vboxsf", "ramfs", "9p", "vfat"));
        var interpreters = new LinkedHashMap<String, String>();
        String python = "";
        for (String variable : scope.names()) {
            if (variable.startsWith("ansible_") && variable.endsWith("_interpreter")) {
                String path = text(world, scope, variable);
                String language = variable.substring("ansible_".length(), variable.length() - "_interpreter".length());
                if (language.equals("python")) {
                    python = path.startsWith("auto") ? "" : path;
                } else if (!path.isEmpty()) {
                    interpreters.put(language, path);
                }
            }
        }
        return given.with(BroughtModule.CALL,
                BroughtModule.call(told, python, interpreters, utilities(world, task), world.collections()));
    }

    private static String text(World world, HostScope scope, String name) {
        Value value = world.templates.resolve(scope.get(name), scope);
        return value instanceof Undefined ? "" : PythonText.of(value);
    }

    private static List<Path> utilities(World world, Task task) {
        var folders = new ArrayList<Path>();
        for (Role role : task.role().map(one -> one.chain().reversed()).orElse(List.of())) {
            folders.add(role.path().resolve("module_utils"));
        }
        folders.add(world.playbookFolder().resolve("module_utils"));
        return folders.stream().filter(Files::isDirectory).toList();
    }
}
