package bramble.module;

import bramble.value.MapValue;
import java.util.List;
import java.util.Map;

/**
 * How a conversation ended.
 *
 * @param results the keys that Ansible documents for the module; {@code changed} and {@code failed} are added
 * @param consequences what is to happen to the run itself
 */
public record Result(Status status, MapValue results, List<Consequence> consequences) {
    /** How it ended. UNDETERMINED: only a real run would tell, {@code msg} says why. */
    public enum Status {
        OK,
        CHANGED,
        SKIPPED,
        FAILED,
        UNDETERMINED
    }

    /** What a conversation asks of the run. */
    public sealed interface Consequence {
        /** Variables of this host: set_fact ({@code cacheable}: facts too), include_vars at its own level. */
        record Variables(MapValue variables, Level level) implements Consequence {
            /** The level of precedence that they get. */
            public enum Level {
                SET_FACT,
                CACHEABLE_FACT,
                INCLUDE_VARS
            }
        }

        /** A host appears in the inventory, or in more groups. */
        record AddHost(String name, List<String> groups, MapValue variables) implements Consequence {}

        /** This host becomes a member of a group that hangs below the parents. */
        record JoinGroup(String group, List<String> parents) implements Consequence {}

        /** The node's connection is closed; the next task opens a new one. */
        record ResetConnection() implements Consequence {}

        /** All texts in the value are secrets: it was encrypted. */
        record Secrets(bramble.value.Value value) implements Consequence {}

        /**
         * Statistics shown at the end of a run.
         *
         * @param aggregate whether they are added to what is there, not put in its place
         */
        record Statistics(Map<String, bramble.value.Value> values, boolean perHost,
                boolean aggregate) implements Consequence {}
    }

    public static Result ok(MapValue results, Consequence... consequences) {
        return new Result(Status.OK, results, List.of(consequences));
    }

    public static Result changed(MapValue results, Consequence... consequences) {
        return new Result(Status.CHANGED, results, List.of(consequences));
    }

    public static Result skipped(String why) {
        return new Result(Status.SKIPPED, MapValue.of("skipped", true, "msg", why), List.of());
    }

    public static Result failed(String why) {
        return failed(why, MapValue.EMPTY);
    }

    public static Result failed(String why, MapValue results) {
        return new Result(Status.FAILED, results.with("msg", why), List.of());
    }

    public static Result undetermined(String why) {
        return new Result(Status.UNDETERMINED, MapValue.of("skipped", true, "msg", why), List.of());
    }
}
