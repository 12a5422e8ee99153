package bramble.cli;

/**
 * What the configuration says about how a run is shown, as Ansible's callback {@code default} has it.
 *
 * @param skipped whether skipped hosts are shown
 * @param ok whether hosts that were as desired are shown
 * @param failedOnError whether failures go to standard error
 * @param statistics whether those of {@code set_stats} are shown
 * @param starts whether each host's start of a task is shown
 * @param dryRunMarks whether it is shown what is a dry run
 * @param pathOnFailure whether a failed task's place is shown
 * @param arguments whether tasks' arguments stand in their banners
 */
record CallbackSettings(boolean skipped, boolean ok, boolean failedOnError, boolean statistics, boolean starts,
        boolean dryRunMarks, boolean pathOnFailure, boolean arguments) {

    static CallbackSettings of(Configuration configuration, boolean compat) {
        return new CallbackSettings(
                configuration.flag(true, "defaults", "display_skipped_hosts"),
                configuration.flag(true, "defaults", "display_ok_hosts"),
                configuration.flag(false, "defaults", "display_failed_stderr"),
                configuration.flag(!compat, "defaults", "show_custom_stats"),
                configuration.flag(false, "defaults", "show_per_host_start"),
                configuration.flag(false, "defaults", "check_mode_markers"),
                configuration.flag(false, "defaults", "show_task_path_on_failure"),
                configuration.flag(false, "defaults", "display_args_to_stdout"));
    }

    /** All that is shown must be known before a task's banner: it comes with the first line that is shown. */
    boolean lateBanners() {
        return !skipped || !ok;
    }

    CallbackSettings withoutSkipped() {
        return new CallbackSettings(false, ok, failedOnError, statistics, starts, dryRunMarks, pathOnFailure,
                arguments);
    }
}
