package bramble.run;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Where in a run a step stands: play, batch, section, then an index for each block around it. Positions compare in the
 * order in which a host comes by them. Those in different files that hosts include at one place have no order.
 */
record Position(List<Integer> path) implements Comparable<Position> {
    Position {
        path = List.copyOf(path);
    }

    static Position of(Integer... path) {
        return new Position(Arrays.asList(path));
    }

    /** Whether the other one is this, or something in it. */
    boolean holds(Position other) {
        return other.path.size() >= path.size() && other.path.subList(0, path.size()).equals(path);
    }

    Position then(int index) {
        var longer = new java.util.ArrayList<>(path);
        longer.add(index);
        return new Position(longer);
    }

    /** What stands in a file, or role, that some hosts include there. */
    Position within(String included) {
        return then(included.hashCode() | Integer.MIN_VALUE);
    }

    /** In how many files and roles, each included by the one before, it stands. */
    int depth() {
        return (int) path.stream().filter(index -> index < 0).count();
    }

    @Override
    public int compareTo(Position other) {
        for (int i = 0; i < Math.min(path.size(), other.path.size()); i++) {
            if (path.get(i) < 0 && other.path.get(i) < 0 && !path.get(i).equals(other.path.get(i))) {
                return 0;
            }
            int order = Integer.compare(path.get(i), other.path.get(i));
            if (order != 0) {
                return order;
            }
        }
        return Integer.compare(path.size(), other.path.size());
    }

    @Override
    public String toString() {
        return path.stream().map(String::valueOf).collect(Collectors.joining("."));
    }
}
