package bramble.galaxy;

import bramble.problem.ProblemException;
import bramble.problem.Source;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Finds for each collection the newest version with which all that is asked of it holds, going back where two can't have it
 * both.
 *
 * @param here what is installed already and may stay
 * @param given what is at hand, without a server
 */
record Resolver(List<GalaxyApi> servers, Map<CollectionName, Shelf.Installed> here,
        Map<CollectionName, Candidate.AtHand> given, boolean preReleases, boolean dependencies) {
    private static final int MOST = 20_000;

    /** What is asked of a collection, and by whom. */
    record Wish(CollectionName name, VersionRange range, Optional<String> server, String because) {
        @Override
        public String toString() {
            return name + ":" + range.text() + " (" + because + ")";
        }
    }

    /** A version that may be chosen. */
    sealed interface Candidate {
        Manifest manifest();

        /** It is installed already. */
        record Here(Manifest manifest) implements Candidate {}

        /** An archive on this machine. */
        record AtHand(Manifest manifest, CollectionArchive archive) implements Candidate {}

        record OnServer(Manifest manifest, GalaxyApi.Release release, GalaxyApi server) implements Candidate {}
    }

    /** Mutable: what one search found out on its way. */
    private static final class Search {
        private final Map<CollectionName, List<Found>> versions = new HashMap<>();
        private List<Wish> conflict = List.of();
        private int steps;
    }

    private record Found(Version version, GalaxyApi server) {}

    /** The chosen ones: those that were asked for first, then what they depend on. */
    List<Candidate> resolve(List<Wish> wishes) {
        var search = new Search();
        Map<CollectionName, Candidate> chosen = solve(wishes, new LinkedHashMap<>(), List.of(), search)
                .orElseThrow(() -> new ProblemException(Source.NONE,
                        "Failed to resolve the requested dependencies map. Could not satisfy the following requirements:\n"
                                + search.conflict.stream().map(wish -> "* " + wish).collect(Collectors.joining("\n"))));
        return needed(wishes, chosen);
    }

    /** Without what only versions needed that were given up on the way. */
    private List<Candidate> needed(List<Wish> wishes, Map<CollectionName, Candidate> chosen) {
        var needed = new LinkedHashMap<CollectionName, Candidate>();
        var pending = new ArrayDeque<CollectionName>();
        wishes.forEach(wish -> pending.add(wish.name));
        while (!pending.isEmpty()) {
            CollectionName name = pending.removeFirst();
            Candidate candidate = chosen.get(name);
            if (candidate != null && needed.putIfAbsent(name, candidate) == null) {
                candidate.manifest().dependencies().keySet()
                        .forEach(other -> CollectionName.of(other).ifPresent(pending::add));
            }
        }
        return List.copyOf(needed.values());
    }

    private static String because(Manifest manifest) {
        return "dependency of " + manifest;
    }

    private Optional<Map<CollectionName, Candidate>> solve(List<Wish> pending, Map<CollectionName, Candidate> chosen,
            List<Wish> settled, Search search) {
        if (pending.isEmpty()) {
            return Optional.of(chosen);
        }
        if (++search.steps > MOST) {
            throw new ProblemException(Source.NONE,
                    "Tried to find versions of collections that fit together, but gave up"
                            + " after " + MOST + " attempts. Name the versions of some of them.");
        }
        Wish wish = pending.getFirst();
        List<Wish> rest = pending.subList(1, pending.size());
        var wishes = new ArrayList<>(settled);
        wishes.add(wish);
        Candidate already = chosen.get(wish.name);
        if (already != null) {
            if (holds(already.manifest(), List.of(wish))) {
                return solve(rest, chosen, wishes, search);
            }
            String byThat = because(already.manifest()); // another version may not ask for it
            wishes.removeIf(one -> one.because.equals(byThat));
            return choose(wish, rest.stream().filter(one -> !one.because.equals(byThat)).toList(), chosen, wishes,
                    search);
        }
        return choose(wish, rest, chosen, wishes, search);
    }

    private Optional<Map<CollectionName, Candidate>> choose(Wish wish, List<Wish> rest,
            Map<CollectionName, Candidate> chosen, List<Wish> wishes, Search search) {
        List<Wish> ofThis = wishes.stream().filter(one -> one.name.equals(wish.name)).toList();
        boolean any = false;
        for (Candidate candidate : (Iterable<Candidate>) candidates(wish, ofThis, search)::iterator) {
            any = true;
            var next = new LinkedHashMap<>(chosen);
            next.put(wish.name, candidate);
            var more = new ArrayList<>(rest);
            if (dependencies) {
                candidate.manifest().dependencies().forEach((name, range) -> more.add(new Wish(CollectionName.of(name)
                        .orElseThrow(() -> new ProblemException(Source.NONE, "Tried to read what "
                                + candidate.manifest() + " depends on, but \"" + name + "\" is no collection's name.")),
                        VersionRange.of(range, name), Optional.empty(), because(candidate.manifest()))));
            }
            Optional<Map<CollectionName, Candidate>> solved = solve(more, next, wishes, search);
            if (solved.isPresent()) {
                return solved;
            }
        }
        if (!any) {
            search.conflict = ofThis;
        }
        return Optional.empty();
    }

    private boolean holds(Manifest manifest, List<Wish> wishes) {
        return wishes.stream().allMatch(wish -> manifest.version()
                .map(version -> wish.range.holds(version, preReleases || version.preRelease()))
                .orElse(wish.range.bounds().isEmpty()));
    }

    /** What may be chosen, the best first; releases are asked for only when it is their turn. */
    private java.util.stream.Stream<Candidate> candidates(Wish wish, List<Wish> wishes, Search search) {
        Candidate.AtHand atHand = given.get(wish.name);
        if (atHand != null) {
            return holds(atHand.manifest, wishes)
                    ? java.util.stream.Stream.of(atHand)
                    : java.util.stream.Stream.empty();
        }
        Shelf.Installed installed = here.get(wish.name);
        java.util.stream.Stream<Candidate> first = installed != null && holds(installed.manifest(), wishes)
                ? java.util.stream.Stream.of(new Candidate.Here(installed.manifest()))
                : java.util.stream.Stream.empty();
        return java.util.stream.Stream.concat(first, java.util.stream.Stream.of(wish)
                .flatMap(_ -> versions(wish, search).stream())
                .filter(found -> wishes.stream().allMatch(one -> one.range.holds(found.version, preReleases)))
                .map(found -> candidate(found.server.release(wish.name, found.version), found.server)));
    }

    private static Candidate candidate(GalaxyApi.Release release, GalaxyApi server) {
        return new Candidate.OnServer(new Manifest(release.name(), Optional.of(release.version()),
                release.dependencies(), bramble.value.MapValue.EMPTY), release, server);
    }

    private List<Found> versions(Wish wish, Search search) {
        return search.versions.computeIfAbsent(wish.name, name -> {
            var found = new LinkedHashMap<Version, Found>();
            for (GalaxyApi server : servers) {
                if (wish.server.isEmpty() || wish.server.get().equals(server.server().name())
                        || wish.server.get().equals(server.server().url())) {
                    server.versions(name).forEach(version -> found.putIfAbsent(version, new Found(version, server)));
                }
            }
            return found.values().stream().sorted(Comparator.comparing(Found::version).reversed()).toList();
        });
    }
}
