package bramble.modules.files;

import bramble.args.Arg;
import bramble.args.Doc;
import bramble.module.AnyModule;
import bramble.module.Applied;
import bramble.module.Fact;
import bramble.module.Inquiry;
import bramble.module.Maybe;
import bramble.module.Plan;
import bramble.module.Platform;
import bramble.module.TaskModule;
import bramble.module.Verdict;
import bramble.value.MapValue;
import bramble.value.Unknown;
import bramble.value.Value;
import com.google.auto.service.AutoService;
import java.util.ArrayList;
import java.util.Optional;

/** {@code stat}: what is at a path. It changes nothing. */
@AutoService(AnyModule.class)
public final class StatModule implements TaskModule<StatModule.Args, StatModule.State> {

    /** The arguments of {@code stat}. */
    @Doc(value = "Tells what is at a path: kind, attributes, checksum.", example = """
            - name: What is known about the swap file
              stat:
                path: /var/swap
              register: swap
            """, returns = "stat: dict: exists, and if so: path, mode, isdir, isreg, islnk, ... checksum")
    public record Args(@Arg(value = "The path.", aliases = {"dest", "name"}, nodePath = true) String path,
            @Arg(value = "Whether a link's destination is meant.", fallback = "false") boolean follow,
            @Arg(value = "Whether a file's checksum is told.", fallback = "true") boolean getChecksum,
            @Arg(value = "What the checksum is made by.", fallback = "sha1", aliases = {"checksum",
                "checksum_algo"}) ChecksumAlgorithm checksumAlgorithm,
            @Arg(value = "Whether the MIME type is told, where the node has the program file.", fallback = "true", aliases = {
                "mime", "mime_type", "mime-type"}) boolean getMime,
            @Arg(value = "Whether attributes of the file system are told, where the node has the program lsattr.", fallback = "true", aliases = {
                "attr",
                "attributes"}) boolean getAttributes){}

    /** What there is. */
    public record State(PathState path, Maybe<StatFact.Detail> detail, Optional<Maybe<DigestFact.Digest>> digest) {}

    @Override
    public String name() {
        return "stat";
    }

    @Override
    public Class<Args> args() {
        return Args.class;
    }

    @Override
    public Inquiry<State> inspect(Args args, Platform node) {
        var path = new PathFact(args.path());
        var detail = new StatFact(args.path(), args.follow(), args.getMime(), args.getAttributes());
        var digest = new DigestFact(args.path(), args.checksumAlgorithm().javaName());
        var facts = new ArrayList<Fact<?>>();
        facts.add(path);
        facts.add(detail);
        if (args.getChecksum()) {
            facts.add(digest);
        }
        return Inquiry.ask(facts, known -> new State(known.get(path), known.maybe(detail),
                args.getChecksum() ? Optional.of(known.maybe(digest)) : Optional.empty()));
    }

    @Override
    public Plan plan(Args args, State actual) {
        PathState state = args.follow() ? actual.path().followed() : actual.path();
        return state instanceof PathState.Absent absent && absent.blocked()
                ? new Plan.Refused("Tried to look at " + args.path() + ", but " + PathState.Absent.IN_ITS_WAY)
                : Plan.NOTHING;
    }

    @Override
    public Verdict judge(Args args, State before, Applied<State> applied) {
        PathState state = args.follow() ? before.path().followed() : before.path();
        if (!(state instanceof PathState.Present present)) {
            return Verdict.changed(false, MapValue.of("stat", MapValue.of("exists", false)));
        }
        MapValue stat = MapValue.of("exists", true).with(FileResults.of(args.path(), present)).with(FileResults
                .detail(before.detail() instanceof Maybe.Known<StatFact.Detail>(StatFact.Detail detail)
                        ? Optional.of(detail)
                        : Optional.empty()));
        if (!args.getAttributes()) {
            stat = stat.without("attributes").without("attr_flags").without("version");
        }
        if (!args.getMime()) {
            stat = stat.without("mimetype").without("charset");
        }
        if (present instanceof PathState.File && before.digest().isPresent()) {
            stat = stat.with("checksum", checksum(before.digest().get()));
        }
        if (present instanceof PathState.Link link) {
            stat = stat.with("lnk_target", link.target()).with("lnk_source", link.destination().real());
        }
        return Verdict.changed(false, MapValue.of("stat", stat));
    }

    private static Value checksum(Maybe<DigestFact.Digest> digest) {
        return switch (digest) {
            case Maybe.Known<DigestFact.Digest>(DigestFact.Digest value) -> Value.text(value.hex());
            case Maybe.NotKnown<DigestFact.Digest>(String why) -> new Unknown(why);
        };
    }
}
