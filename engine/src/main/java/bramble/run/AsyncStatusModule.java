package bramble.run;

import bramble.args.Arg;
import bramble.args.Doc;
import bramble.event.Outcome;
import bramble.module.Action;
import bramble.module.AnyModule;
import bramble.module.Conversation;
import bramble.module.Result;
import bramble.module.Talk;
import bramble.shell.Answer;
import bramble.shell.Sh;
import bramble.value.MapValue;
import com.google.auto.service.AutoService;
import java.util.Optional;

/** {@code async_status}: what has become of a task that was begun with {@code async}. */
@AutoService(AnyModule.class)
public final class AsyncStatusModule implements Conversation<AsyncStatusModule.Args> {
    /** What to do with a job. */
    public enum Mode {
        STATUS,
        CLEANUP
    }

    /** The arguments of {@code async_status}. */
    @Doc(value = "Tells what has become of a task that was begun with async, or forgets it.", example = """
            - name: Begin
              command: sleep 1
              async: 20
              poll: 0
              register: begun
            - name: Wait for it
              async_status:
                jid: "{{ begun.ansible_job_id }}"
              register: job
              until: job is finished
              delay: 1
            """, returns = {"ansible_job_id: str: the job", "started: int: 1 if it was begun",
        "finished: int: 1 if it is over", "erased: str: the folder that was removed"})
    public record Args(@Arg("The job, as ansible_job_id of the task's result says.") String jid,
            @Arg(value = "Whether to tell, or to forget it.", fallback = "status") Mode mode) {}

    @Override
    public String name() {
        return "async_status";
    }

    @Override
    public Class<Args> args() {
        return Args.class;
    }

    @Override
    public Result hold(Args args, Talk talk) throws InterruptedException {
        var dialogue = (Dialogue) talk;
        String home = dialogue.jobs();
        String path = new Job(args.jid(), home, 0).path();
        MapValue about = MapValue.of("ansible_job_id", args.jid(), "started", 1, "results_file", path);
        if (args.mode() == Mode.CLEANUP) {
            boolean there = talk.node().run(new Action.Run(Sh.of("[ -d {} ] && rm -rf {}", path, path))).ok();
            MapValue erased = MapValue.of("ansible_job_id", args.jid(), "erased", path, "stdout", "", "stderr", "");
            return there
                    ? Result.ok(erased.with("started", 0).with("finished", 0))
                    : Result.failed("could not find job", erased.with("started", 1).with("finished", 1));
        }
        Optional<Job.Known> known = dialogue.job(args.jid()).filter(job -> job.job().home().equals(home));
        if (known.isEmpty()) {
            return foreign(path, about, talk);
        }
        Optional<TaskEnd> end = known.get().end().isPresent()
                ? known.get().end()
                : known.get().work().orElseThrow().look(dialogue.turn());
        if (end.isEmpty()) {
            return Result.ok(about.with("finished", 0));
        }
        MapValue results = Job.told(end.get().result()).with(about).with("finished", 1);
        var status = end.get().outcome() == Outcome.FAILED
                ? Result.Status.FAILED
                : end.get().changed() ? Result.Status.CHANGED : Result.Status.OK;
        return new Result(status, results, end.get().consequences());
    }

    /** A job that another run began: what its last command printed is all that there is. */
    private static Result foreign(String path, MapValue about, Talk talk) {
        Answer answer = talk.node().run(new Action.Run(Sh.of("""
                cd {} 2>/dev/null || exit 2; [ -e done ] || exit 1; set -- *.rc; for b_f; do :; done; b_f=${b_f%.rc}
                printf '%s\\n' "$(cat "$b_f.rc")"; cat "$b_f.out"; cat "$b_f.err" >&2; exit 0""", path)));
        if (answer.status() == 2) {
            return Result.failed("could not find job", about.with("finished", 1).with("stdout", "").with("stderr", ""));
        }
        if (answer.status() == 1) {
            return Result.ok(about.with("finished", 0));
        }
        String[] both = answer.text().split("\n", 2);
        String rc = both[0].strip();
        MapValue results = about.with("finished", 1).with("stdout", both[both.length - 1].stripTrailing())
                .with("stderr",
                        answer.errors().stripTrailing())
                .with("rc", rc.matches("\\d{1,3}") ? Integer.parseInt(rc) : 0);
        return rc.equals("0") ? Result.changed(results) : Result.failed("non-zero return code", results);
    }
}
