package bramble.modules.sync;

import bramble.modules.files.NodePath;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What is looked at and kept alike.
 *
 * @param flat whether, where folders aren't gone through, what the source contains is looked at all the same
 * @param linkDest folders of the other side, files of which become files of dest where they are what is to be there
 * @param problem an option that is rsync's own
 */
record Options(boolean recursive, boolean flat, boolean links, boolean copyLinks, boolean perms, boolean times,
        boolean owner,
        boolean group, boolean checksum, boolean delete, boolean deleteExcluded, boolean existingOnly,
        boolean ignoreExisting, boolean sizeOnly, boolean update, boolean folderTimes, Optional<String> chown,
        Filters filters, List<String> linkDest, Optional<String> problem) {

    static Options of(SynchronizeModule.Args args) {
        boolean all = args.archive();
        boolean perms = args.perms().orElse(all);
        boolean times = args.times().orElse(all);
        boolean owner = args.owner().orElse(all);
        boolean group = args.group().orElse(all);
        boolean links = args.links().orElse(all);
        boolean recursive = args.recursive().orElse(all);
        boolean dirs = args.dirs();
        boolean copyLinks = args.copyLinks();
        boolean checksum = args.checksum();
        boolean delete = args.delete();
        boolean deleteExcluded = false;
        boolean existing = args.existingOnly();
        boolean ignoreExisting = false;
        boolean sizeOnly = false;
        boolean update = false;
        boolean folderTimes = true;
        Optional<String> chown = Optional.empty();
        Optional<String> problem = Optional.empty();
        var rules = new ArrayList<Filters.Rule>();
        var linkDest = new ArrayList<>(args.linkDest());
        List<String> words = args.rsyncOpts();
        for (int i = 0; i < words.size(); i++) {
            String[] parts = words.get(i).strip().split("[= ]", 2);
            boolean valued = parts[0].matches("--(exclude|include|chown|link-dest)");
            String value = unquoted(parts.length > 1 ? parts[1] : valued && i + 1 < words.size() ? words.get(++i) : "");
            switch (parts[0]) {
                case "--exclude" -> rules.add(Filters.Rule.of(false, value));
                case "--include" -> rules.add(Filters.Rule.of(true, value));
                case "--link-dest" -> linkDest.add(value);
                case "--chown" -> chown = Optional.of(value);
                case "--no-perms", "--no-p" -> perms = false;
                case "--perms", "-p" -> perms = true;
                case "--no-times", "--no-t" -> times = false;
                case "--times", "-t" -> times = true;
                case "--no-owner", "--no-o" -> owner = false;
                case "--owner", "-o" -> owner = true;
                case "--no-group", "--no-g" -> group = false;
                case "--group", "-g" -> group = true;
                case "--no-links", "--no-l" -> links = false;
                case "--links", "-l" -> links = true;
                case "--no-recursive", "--no-r" -> recursive = false;
                case "--recursive", "-r" -> recursive = true;
                case "--dirs", "-d" -> dirs = true;
                case "--copy-links", "-L" -> copyLinks = true;
                case "--checksum", "-c" -> checksum = true;
                case "--delete", "--delete-after", "--delete-before", "--delete-during", "--delete-delay" ->
                    delete = true;
                case "--delete-excluded" -> deleteExcluded = true;
                case "--existing", "--ignore-non-existing" -> existing = true;
                case "--ignore-existing" -> ignoreExisting = true;
                case "--size-only" -> sizeOnly = true;
                case "--update", "-u" -> update = true;
                case "--omit-dir-times", "-O" -> folderTimes = false;
                case "--compress", "-z", "--verbose", "-v", "-vv", "--progress", "--stats", "--human-readable", "-h",
                        "--partial", "-P", "--itemize-changes", "-i", "--quiet", "-q", "--whole-file", "-W",
                        "--numeric-ids", "--no-motd", "--no-compress", "" -> {
                    // how it is sent and told is not rsync's affair here
                }
                default -> problem = Optional.of("rsync_opts: " + words.get(i)
                        + " is rsync's own, and rsync isn't used here; run it with command if you need it");
            }
        }
        for (String folder : linkDest) {
            problem = problem.or(() -> linkProblem(folder, args.dest()));
        }
        return new Options(recursive, dirs && args.src().contents(), links, copyLinks, perms, times,
                owner || chown.isPresent(),
                group || chown.isPresent(), checksum, delete || deleteExcluded, deleteExcluded, existing,
                ignoreExisting,
                sizeOnly, update, folderTimes, chown, new Filters(rules), List.copyOf(linkDest), problem);
    }

    private static Optional<String> linkProblem(String folder, String dest) {
        if (!folder.startsWith("/")) {
            return Optional.of("link_dest has to be absolute, not " + folder);
        }
        String above = NodePath.parent(NodePath.normal(dest));
        return NodePath.within(above, "").startsWith(NodePath.within(NodePath.normal(folder), ""))
                ? Optional.of("link_dest: dest lies in " + folder)
                : Optional.empty();
    }

    /** Whether what has that name is none of the task's business, because it lies too deep. */
    boolean deep(String name) {
        return !recursive && !name.isEmpty() && (!flat || name.indexOf('/') >= 0);
    }

    private static String unquoted(String text) {
        boolean quoted = text.length() > 1 && ((text.startsWith("'") && text.endsWith("'"))
                || (text.startsWith("\"") && text.endsWith("\"")));
        return quoted ? text.substring(1, text.length() - 1) : text;
    }
}
