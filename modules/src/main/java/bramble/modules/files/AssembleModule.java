package bramble.modules.files;

import bramble.args.Arg;
import bramble.args.ControllerFile;
import bramble.args.Doc;
import bramble.module.AnyModule;
import bramble.module.Applied;
import bramble.module.Fact;
import bramble.module.Facts;
import bramble.module.Inquiry;
import bramble.module.Plan;
import bramble.module.Platform;
import bramble.module.TaskModule;
import bramble.module.Verdict;
import bramble.regex.PythonRegex;
import bramble.shell.Content;
import bramble.value.MapValue;
import com.google.auto.service.AutoService;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/** {@code assemble}: one file, put together from those of a folder. */
@AutoService(AnyModule.class)
public final class AssembleModule implements TaskModule<AssembleModule.Args, AssembleModule.State> {

    /** The arguments of {@code assemble}. */
    @Doc(value = "Puts a file together from the files of a folder, in the order of their names.", example = """
            - name: One configuration of its parts
              assemble:
                src: /etc/parts.d
                dest: /etc/whole.conf
                mode: '0644'
            """, returns = {"dest: str: the path of the file", "src: str: the folder",
        "checksum: str: SHA-1 of the content", "md5sum: str: MD5 of the content", "mode: str: four octal digits",
        "state: str: file", "backup_file: str: where the old file was kept"})
    public record Args(@Arg(value = "The folder of the parts.", remoteIf = "remote_src") ControllerFile src,
            @Arg(value = "The file that they make.", nodePath = true) String dest,
            @Arg(value = "Whether the folder is on the node.", fallback = "true") boolean remoteSrc,
            @Arg("What stands between two parts.") Optional<String> delimiter,
            @Arg(value = "An expression that a part's name must match somewhere.", regex = true) Optional<String> regexp,
            @Arg(value = "Whether parts whose names begin with a dot are left out.", fallback = "false") boolean ignoreHidden,
            @Arg(value = "Whether files of the controller that ansible-vault has encrypted are opened.", fallback = "true") boolean decrypt,
            Replacing replacing, FileAttributes attributes) {

        boolean takes(String name) {
            return !(ignoreHidden && name.startsWith("."))
                    && regexp.map(text -> PythonRegex.compile(text).search(name).isPresent()).orElse(true);
        }
    }

    /**
     * What there is.
     *
     * @param whole what the parts make together
     * @param problem why they can't
     */
    public record State(Content whole, Optional<String> problem, Place dest) {}

    @Override
    public String name() {
        return "assemble";
    }

    @Override
    public Class<Args> args() {
        return Args.class;
    }

    @Override
    public Inquiry<State> inspect(Args args, Platform node) {
        List<Fact<?>> dest = Place.facts(args.dest(), false, args.attributes().wanted());
        if (!args.remoteSrc()) {
            Path folder = args.src().path();
            return Files.isDirectory(folder)
                    ? Inquiry.ask(dest,
                            known -> new State(whole(args, here(args, folder)), Optional.empty(), place(args, known)))
                    : Inquiry.ask(dest, known -> problem(args, "Source (" + folder + ") is not a directory", known));
        }
        var tree = new TreeFact(args.src().name(), 1);
        return Inquiry.of(tree).then(found -> {
            if (found.missing()) {
                return Inquiry.ask(dest, known -> problem(args, "Source (" + tree.path() + ") does not exist", known));
            }
            List<String> paths = found.entries().stream()
                    .filter(entry -> !(entry instanceof PathState.Directory)).map(PathState::real)
                    .filter(path -> args.takes(NodePath.name(path))).sorted(Comparator.comparing(NodePath::name))
                    .toList();
            var facts = new ArrayList<>(dest);
            paths.forEach(path -> facts.add(new ContentFact(path)));
            return Inquiry.ask(facts, known -> state(args, paths, known));
        });
    }

    private static State state(Args args, List<String> paths, Facts known) {
        Map<String, byte[]> parts = new TreeMap<>();
        for (String path : paths) {
            switch (known.get(new ContentFact(path))) {
                case FileContent.Bytes(var _, Content.Bytes(byte[] bytes)) -> parts.put(NodePath.name(path), bytes);
                case FileContent.Bytes(var _, Content content) -> parts.put(NodePath.name(path), content.bytesOf());
                case FileContent.TooLarge _ -> {
                    return problem(args, "the part " + path + " has more than " + ContentFact.LIMIT + " bytes", known);
                }
                case FileContent.Unreadable(var _, String why) -> {
                    if (why.equals("may not be read")) {
                        return problem(args, "the part " + path + " " + why, known);
                    }
                }
                case FileContent.Missing _ -> {
                    continue; // a link that leads nowhere
                }
            }
        }
        return new State(whole(args, List.copyOf(parts.values())), Optional.empty(), place(args, known));
    }

    private static State problem(Args args, String why, Facts known) {
        return new State(Content.none(), Optional.of(why), place(args, known));
    }

    private static Place place(Args args, Facts known) {
        return Place.of(args.dest(), false, args.attributes().wanted(), known);
    }

    private static List<byte[]> here(Args args, Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            var parts = new ArrayList<byte[]>();
            for (Path file : files.filter(Files::isRegularFile)
                    .filter(path -> args.takes(String.valueOf(path.getFileName()))).sorted().toList()) {
                parts.add(args.src().opened(args.decrypt()).content(file).bytesOf());
            }
            return parts;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Each part begins on a line of its own, and so does what follows a delimiter. */
    private static Content whole(Args args, List<byte[]> parts) {
        var whole = new ByteArrayOutputStream();
        byte[] delimiter = args.delimiter().map(AssembleModule::unescaped).orElse("").getBytes(StandardCharsets.UTF_8);
        boolean first = true;
        byte[] before = {};
        for (byte[] part : parts) {
            if (!first) {
                endLine(whole, before);
                if (delimiter.length > 0) {
                    whole.writeBytes(delimiter);
                    endLine(whole, delimiter);
                }
            }
            whole.writeBytes(part);
            before = part;
            first = false;
        }
        return new Content.Bytes(whole.toByteArray());
    }

    private static void endLine(ByteArrayOutputStream whole, byte[] last) {
        if (last.length == 0 || last[last.length - 1] != '\n') {
            whole.write('\n');
        }
    }

    private static String unescaped(String text) {
        return text.replace("\\n", "\n").replace("\\t", "\t").replace("\\r", "\r");
    }

    @Override
    public Plan plan(Args args, State actual) {
        if (actual.problem().isPresent()) {
            return new Plan.Refused(actual.problem().get());
        }
        return actual.dest().plan(actual.whole(),
                new Place.Manner(true, true, args.replacing().backup(), args.replacing().validate()));
    }

    @Override
    public Verdict judge(Args args, State before, Applied<State> applied) {
        Verdict plain = TaskModule.super.judge(args, before, applied);
        Place after = applied.after().orElse(before).dest();
        MapValue results = Place.results(args.dest(), Optional.of(before.whole()), after.state(), applied)
                .with("src", args.src().path() + (args.src().contents() ? "/" : ""));
        return plain.with(args.remoteSrc() ? results.with("msg", "OK") : results);
    }
}
