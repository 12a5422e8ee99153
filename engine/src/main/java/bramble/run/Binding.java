package bramble.run;

import bramble.args.NodePython;
import bramble.args.Resources;
import bramble.args.FirstStarts;
import bramble.args.VaultedFiles;
import bramble.event.Event;
import bramble.playbook.Keyword;
import bramble.playbook.Task;
import bramble.problem.FileTrouble;
import bramble.problem.Problem;
import bramble.problem.ProblemException;
import bramble.problem.Source;
import bramble.shell.Content;
import bramble.shell.Digests;
import bramble.template.DocumentOptions;
import bramble.template.builtin.TemplateScope;
import bramble.value.PythonText;
import bramble.value.Text;
import bramble.value.UnknownValueException;
import bramble.value.Value;
import bramble.vault.Vault;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** What the binding of a task's arguments needs of the run: where files are found, how template files are rendered. */
record Binding(World world, Task task, ModuleCall.Given given, NodePaths paths) implements Resources {
    private HostScope scope() {
        return given.scope();
    }

    @Override
    public Digests digests() {
        return world.digests;
    }

    @Override
    public VaultedFiles vault() {
        return file -> {
            try (InputStream in = Files.newInputStream(file)) {
                byte[] begin = in.readNBytes(Vault.MARK.length());
                if (!Vault.isVaulted(new String(begin, StandardCharsets.ISO_8859_1))) {
                    return Optional.empty();
                }
                return Optional.of(new Content.Bytes(world.variableFiles.vault()
                        .openContent(Files.readString(file, StandardCharsets.ISO_8859_1), file.toString())));
            } catch (IOException _) {
                return Optional.empty(); // it is told when it is read
            }
        };
    }

    @Override
    public String nodePath(String written) {
        return paths.expand(written);
    }

    @Override
    public Path find(String folder, String name) {
        return scope().site().find(folder, name).orElseThrow(() -> {
            List<String> places = scope().site().candidates(folder, name).stream().map(Path::toString).toList();
            return places.stream().filter(world.nodes::makesHere).findFirst()
                    .<RuntimeException>map(
                            path -> new UnknownValueException(path + " would be made on this machine by this run"))
                    .orElseGet(() -> new ProblemException(Problem.error(task.action().source(),
                            "Could not find or access '" + name + "' on the Ansible Controller.",
                            "Searched in: " + String.join(", ", places))));
        });
    }

    @Override
    public String render(Path template, DocumentOptions options) {
        String text;
        try {
            text = world.reader.read(template);
        } catch (IOException e) {
            throw new ProblemException(task.action().source(),
                    "Tried to read the template " + template + ", but " + FileTrouble.why(e) + ".");
        }
        return world.templates.document(text, new Source(template.toString(), 1, 1), options,
                new TemplateScope(scope(), template,
                        given.arguments().get("src").map(PythonText::of).orElse(template.toString()),
                        given.arguments().get("dest")));
    }

    @Override
    public void secret(String value) {
        world.secrets.add(value);
    }

    @Override
    public void warn(String text) {
        if (!scope().looksUp()) {
            return; // the task is only foreseen; when its turn comes, it is told
        }
        world.events.tell(new Event.Warned(Instant.now(), Problem.warning(task.source(), text, "")));
    }

    @Override
    public FirstStarts firstStarts() {
        return world.firstStarts;
    }

    @Override
    public NodePython python() {
        HostScope target = new Keywords(task.directives(), world.templates, scope()).text(Keyword.DELEGATE_TO)
                .filter(name -> !name.isBlank()).map(name -> world.delegate(name, scope())).orElse(scope());
        Optional<String> interpreter = TaskPlace.text(world, target, "ansible_python_interpreter")
                .filter(path -> !path.isBlank() && !path.startsWith("auto"));
        boolean piped = TaskPlace.text(world, target, "ansible_pipelining")
                .or(() -> TaskPlace.text(world, target, "ansible_ssh_pipelining"))
                .flatMap(word -> Keywords.bool(Value.text(word))).orElse(world.options.habits().piped());
        Optional<String> parent = TaskPlace.text(world, target, "ansible_remote_tmp")
                .or(() -> world.options.habits().nodeFolder()).filter(path -> !path.isBlank());
        return new NodePython(interpreter, piped, parent, folder());
    }

    /** The same each time for the same item, so that what was read ahead is known again; no other run's or host's. */
    private String folder() {
        Value item = scope().get("ansible_loop_var") instanceof Text(String name)
                ? scope().get(name)
                : scope().get("omit");
        int mark = List.of(scope().host(), task.source(), item).hashCode();
        return "ansible-tmp-" + world.begun.getEpochSecond() + "-" + ProcessHandle.current().pid() + "-"
                + Integer.toUnsignedString(mark);
    }
}
