package bramble.modules.files;

import bramble.args.Arg;
import bramble.args.Doc;
import bramble.args.TemplateFile;
import bramble.module.AnyModule;
import bramble.module.Applied;
import bramble.module.Fact;
import bramble.module.Inquiry;
import bramble.module.Maybe;
import bramble.module.Plan;
import bramble.module.Platform;
import bramble.module.TaskModule;
import bramble.module.Verdict;
import bramble.shell.Content;
import bramble.template.DocumentOptions;
import bramble.value.Encodings;
import com.google.auto.service.AutoService;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Optional;

/** {@code template}: a file whose text is made of a template and the host's variables. */
@AutoService(AnyModule.class)
public final class TemplateModule implements TaskModule<TemplateModule.Args, TemplateModule.State> {

    /** The arguments of {@code template}. */
    @Doc(value = "Writes a file that is made of a template and the host's variables.", example = """
            - name: The message of the day
              template:
                src: motd.j2
                dest: /etc/motd
                mode: '0644'
            """, returns = {"dest: str: the path of the file", "src: str: the template",
        "checksum: str: SHA-1 of the text", "md5sum: str: MD5 of the text", "mode: str: four octal digits",
        "owner: str: name of the owner", "group: str: name of the group", "uid: int: number of the owner",
        "gid: int: number of the group", "size: int: in bytes", "backup_file: str: where the old file was kept"})
    public record Args(@Arg("The template, found in the templates folders.") TemplateFile src,
            @Arg(value = "The path on the node; a directory, if it ends with a slash or is one.", nodePath = true) String dest,
            @Arg(value = "Whether a file that is there is replaced.", fallback = "true") boolean force,
            @Arg(value = "Whether a link at the destination is followed.", fallback = "false") boolean follow,
            @Arg(value = "What ends a line of the file.", fallback = "\n") String newlineSequence,
            @Arg(value = "What begins an expression.", fallback = "{{") String variableStartString,
            @Arg(value = "What ends an expression.", fallback = "}}") String variableEndString,
            @Arg(value = "What begins a block tag.", fallback = "{%") String blockStartString,
            @Arg(value = "What ends a block tag.", fallback = "%}") String blockEndString,
            @Arg(value = "What begins a comment.", fallback = "{#") String commentStartString,
            @Arg(value = "What ends a comment.", fallback = "#}") String commentEndString,
            @Arg(value = "Whether the newline after a block tag goes.", fallback = "true") boolean trimBlocks,
            @Arg(value = "Whether white space before a block tag goes.", fallback = "false") boolean lstripBlocks,
            @Arg(value = "The encoding of the file.", fallback = "utf-8") String outputEncoding,
            Replacing replacing, FileAttributes attributes) {

        Rights.Wanted rights() {
            return attributes.wanted().withMode(SourceMode.of(attributes.mode(), src.path()));
        }

        /** The file's name in the directory, if the destination is one. */
        String inside() {
            return NodePath.within(dest, String.valueOf(src.path().getFileName()));
        }

        Maybe<Content> content() {
            String newline = newlineSequence.replace("\\n", "\n").replace("\\r", "\r");
            var delimiters = new DocumentOptions.Delimiters(variableStartString, variableEndString, blockStartString,
                    blockEndString, commentStartString, commentEndString);
            return src.render(new DocumentOptions(trimBlocks, lstripBlocks, newline, true, delimiters))
                    .map(text -> {
                        Charset charset = Encodings.named(outputEncoding).orElse(StandardCharsets.UTF_8);
                        return charset.equals(StandardCharsets.UTF_8)
                                ? Content.text(text)
                                : new Content.Bytes(text.getBytes(charset));
                    });
        }
    }

    /**
     * What there is.
     *
     * @param inside what is at the file's name in the directory, if the destination can be one
     */
    public record State(Place dest, Place inside, Maybe<Content> content) {
        Place place(String wanted) {
            boolean directory = dest.state() instanceof Maybe.Known<PathState>(PathState there)
                    && there.followed() instanceof PathState.Directory;
            return directory || wanted.endsWith("/") ? inside : dest;
        }
    }

    @Override
    public String name() {
        return "template";
    }

    @Override
    public boolean listsDiffs() {
        return true;
    }

    @Override
    public Class<Args> args() {
        return Args.class;
    }

    @Override
    public Inquiry<State> inspect(Args args, Platform node) {
        Maybe<Content> content = args.content();
        boolean large = content instanceof Maybe.Known<Content>(Content known) && Place.large(known.length());
        var facts = new ArrayList<Fact<?>>(Place.facts(args.dest(), large, args.rights()));
        facts.addAll(Place.facts(args.inside(), large, args.rights()));
        return Inquiry.ask(facts, known -> new State(Place.of(args.dest(), large, args.rights(), known),
                Place.of(args.inside(), large, args.rights(), known), content));
    }

    @Override
    public Plan plan(Args args, State actual) {
        if (Encodings.named(args.outputEncoding()).isEmpty()) {
            return new Plan.Refused("unknown encoding: " + args.outputEncoding());
        }
        return actual.place(args.dest()).plan(actual.content().get(),
                new Place.Manner(args.follow(), args.force(), args.replacing().backup(), args.replacing().validate()));
    }

    @Override
    public Verdict judge(Args args, State before, Applied<State> applied) {
        Verdict plain = TaskModule.super.judge(args, before, applied);
        Place place = before.place(args.dest());
        Maybe<PathState> after = applied.after() instanceof Maybe.Known<State>(State state)
                ? state.place(args.dest()).state()
                : place.state();
        return Validation.told(
                plain.with(Place.results(place.path(), Optional.of(before.content().get()), after, applied).with("src",
                        args.src().path().toString())));
    }
}
