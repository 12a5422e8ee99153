package bramble.modules.files;

/** What is at a path. */
public sealed interface PathState extends Placed {
    /**
     * Nothing.
     *
     * @param ground the nearest folder above it that is there, with no link on the way to it
     * @param blocked whether something that is no folder, or may not be entered, lies between
     * @param closed whether that folder may not be written by who asks
     */
    record Absent(String real, String ground, boolean blocked, boolean closed) implements PathState {
        /** In a folder of which nothing else is known. */
        public Absent(String real, String ground, boolean blocked) {
            this(real, ground, blocked, false);
        }

        /** What a message says of one that is blocked. */
        static final String IN_ITS_WAY = "something that is no directory, or may not be entered, is in its way";

        /** Whether the folder that it would be in is there. */
        public boolean hasParent() {
            return !blocked && ground.equals(NodePath.parent(real));
        }
    }

    /** Something. */
    sealed interface Present extends PathState {
        Inode inode();

        /** The same with other attributes. */
        Present with(Inode inode);

        @Override
        default boolean missing() {
            return false;
        }

        /** Ansible's word for it. */
        default String word() {
            return switch (this) {
                case File file -> file.inode().links() > 1 ? "hard" : "file";
                case Other _ -> "file";
                case Directory _ -> "directory";
                case Link _ -> "link";
            };
        }
    }

    /** A plain file. */
    record File(String real, Inode inode) implements Present {
        /** In bytes; -1 where it isn't known. */
        public long size() {
            return inode.size().orElse(-1);
        }

        @Override
        public File with(Inode other) {
            return new File(real, other);
        }
    }

    record Directory(String real, Inode inode) implements Present {
        @Override
        public Directory with(Inode other) {
            return new Directory(real, other);
        }
    }

    /**
     * A symbolic link.
     *
     * @param target what it says
     * @param destination what is there in the end, after all further links
     */
    record Link(String real, Inode inode, String target, PathState destination) implements Present {
        @Override
        public Link with(Inode other) {
            return new Link(real, other, target, destination);
        }
    }

    /** A device, pipe or socket; {@code kind} is {@code b c p s} as {@code ls} has it. */
    record Other(String real, Inode inode, char kind) implements Present {
        @Override
        public Other with(Inode other) {
            return new Other(real, other, kind);
        }
    }

    @Override
    default boolean missing() {
        return true;
    }

    /** What a program finds that opens the path: the destination of a link, otherwise this. */
    default PathState followed() {
        return this instanceof Link link ? link.destination().followed() : this;
    }

    /** Whether a place lies behind this, a link: what is there then is not what was read there. */
    default boolean leadsAway(String place) {
        return this instanceof Link && NodePath.below(place, real());
    }

    /** Whether nothing may be put in its place, because of the folder that it is in, or would be in. */
    default boolean closed() {
        return switch (this) {
            case Absent absent -> absent.closed;
            case Present present -> present.inode().closed();
        };
    }

    /** The same where nothing is known of who may write the folder. */
    default PathState open() {
        return switch (this) {
            case Absent(String real, String ground, boolean blocked, _) -> new Absent(real, ground, blocked);
            case Present present -> present.with(present.inode().open());
        };
    }

    /** What is at this place once another place, or this one, is as given. */
    default PathState after(PathState changed) {
        if (changed.real().equals(real())) {
            return changed;
        }
        boolean below = NodePath.below(real(), changed.real());
        if (below && !(this instanceof Link && changed instanceof Directory)) {
            return belowOf(changed);
        }
        return switch (this) {
            case Link(String real, Inode inode, String target, PathState destination) ->
                new Link(real, inode, target, destination.after(changed));
            // a folder's own size and times are the file system's affair
            case Directory(String real, Inode inode) when NodePath.parent(changed.real()).equals(real) ->
                new Directory(real, inode.withoutSize());
            case PathState _ -> this;
        };
    }

    private PathState belowOf(PathState changed) {
        return switch (changed) {
            case Directory(String folder, _) -> switch (this) {
                case Absent(String real, String ground, boolean blocked, boolean closed) ->
                    new Absent(real, ground.length() < folder.length() ? folder : ground,
                            blocked && ground.length() >= folder.length(), closed && ground.length() > folder.length());
                case Present _ -> NodePath.parent(real()).equals(folder) ? open() : this;
            };
            case Absent(_, String ground, boolean blocked, boolean closed) ->
                new Absent(real(), ground, blocked, closed);
            case File(String file, _) -> new Absent(real(), NodePath.parent(file), true);
            case Other(String file, _, _) -> new Absent(real(), NodePath.parent(file), true);
            case Link _ -> this;
        };
    }
}
