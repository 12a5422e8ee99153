package bramble.galaxy;

import bramble.problem.FileTrouble;
import bramble.problem.Problem;
import bramble.problem.ProblemException;
import bramble.problem.Source;
import bramble.value.ListValue;
import bramble.value.MapValue;
import bramble.value.Value;
import bramble.yaml.YamlWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * Gets collections onto this machine, and compares those that are here with what they should be.
 *
 * @param scratch a folder for the time being
 * @param say what is done, a line each
 */
public record Collections(List<GalaxyApi> servers, Web web, Path scratch, Consumer<String> say,
        Consumer<Problem> warn) {
    private static final YamlWriter.Style BLOCKS = new YamlWriter.Style(YamlWriter.Flow.NEVER, 2, 80, true, true, false,
            false, ' ');

    /** How to install. */
    public record Way(boolean force, boolean forceDependencies, boolean dependencies, boolean upgrade,
            boolean preReleases, boolean offline) {}

    /** Installs what is wanted, and what that depends on. */
    public void install(List<CollectionRequest> wanted, Shelf shelf, Way way) {
        Ready ready = ready(wanted);
        Map<CollectionName, Shelf.Installed> here = new LinkedHashMap<>();
        shelf.all().forEach(one -> here.put(one.name(), one));
        boolean force = way.force || way.forceDependencies;
        Set<CollectionName> other = others(ready, shelf);
        if (!force && other.isEmpty() && !way.upgrade
                && ready.wishes.stream().allMatch(wish -> Optional.ofNullable(here.get(wish.name()))
                        .flatMap(Shelf.Installed::version).filter(version -> wish.range().holds(version, true))
                        .isPresent())) {
            say.accept("Nothing to do. All requested collections are already installed. "
                    + "If you want to reinstall them, consider using `--force`.");
            return;
        }
        if (force) {
            ready.wishes.forEach(wish -> here.remove(wish.name()));
        }
        if (way.forceDependencies || way.upgrade) {
            here.clear();
        }
        here.keySet().removeAll(other);
        say.accept("Process install dependency map");
        List<Resolver.Candidate> chosen = new Resolver(way.offline ? List.of() : servers, here, ready.given,
                way.preReleases, way.dependencies).resolve(ready.wishes);
        if (!force) {
            chosen.forEach(candidate -> ownWork(candidate, shelf));
        }
        say.accept("Starting collection install process");
        for (Resolver.Candidate candidate : chosen) {
            boolean same = shelf.find(candidate.manifest().name())
                    .filter(one -> one.version().equals(candidate.manifest().version())).isPresent();
            boolean asked = ready.wishes.stream().anyMatch(wish -> wish.name().equals(candidate.manifest().name()));
            if (candidate instanceof Resolver.Candidate.Here
                    || (same && !(way.forceDependencies || (force && asked)
                            || other.contains(candidate.manifest().name())))) {
                say.accept("'" + candidate.manifest() + "' is already installed, skipping.");
            } else {
                install(candidate, shelf);
            }
        }
    }

    /** Those at hand that are here in the same version with another content: a branch moves, and says the same of itself. */
    private static Set<CollectionName> others(Ready ready, Shelf shelf) {
        var others = new LinkedHashSet<CollectionName>();
        ready.given.forEach((name, candidate) -> {
            Path there = shelf.place(name).resolve(Manifest.FILE);
            try {
                if (Files.isRegularFile(there) && !Files.readString(there).equals(candidate.archive().manifestText())) {
                    others.add(name);
                }
            } catch (IOException e) {
                others.add(name);
            }
        });
        return others;
    }

    /** What no installation has made is somebody's own work. */
    private static void ownWork(Resolver.Candidate candidate, Shelf shelf) {
        Path place = shelf.place(candidate.manifest().name());
        if (!(candidate instanceof Resolver.Candidate.Here) && new Place(place).isTaken()
                && !Files.exists(place.resolve(Manifest.FILE))) {
            throw new ProblemException(Problem.error(Source.NONE, "Tried to install " + candidate.manifest() + " to "
                    + place + ", but what is there was not installed: it has no " + Manifest.FILE + ".",
                    "With --force it is replaced."));
        }
    }

    private void install(Resolver.Candidate candidate, Shelf shelf) {
        CollectionArchive archive = archive(candidate);
        Path place = shelf.place(candidate.manifest().name());
        say.accept("Installing '" + candidate.manifest() + "' to '" + place + "'");
        new Place(place).fill(archive::into);
        about(candidate, shelf);
        say.accept(candidate.manifest() + " was installed successfully");
    }

    /** Notes where a collection comes from; what was noted of another version goes. */
    private static void about(Resolver.Candidate candidate, Shelf shelf) {
        try (Stream<Path> notes = Files.list(shelf.folder())) {
            String start = candidate.manifest().name() + "-";
            for (Path note : notes.filter(file -> String.valueOf(file.getFileName()).startsWith(start)
                    && String.valueOf(file.getFileName()).endsWith(".info")).toList()) {
                Place.remove(note);
            }
        } catch (IOException e) {
            throw new ProblemException(Source.NONE,
                    "Tried to write to " + shelf.folder() + ", but " + FileTrouble.why(e) + ".");
        }
        if (candidate instanceof Resolver.Candidate.OnServer(Manifest manifest, GalaxyApi.Release release, GalaxyApi server)) {
            MapValue note = MapValue.of("download_url", release.download(), "format_version", "1.0.0", "name",
                    manifest.name().name(), "namespace", manifest.name().namespace(), "server", server.server().url(),
                    "signatures", ListValue.EMPTY, "version", manifest.shownVersion(), "version_url", release.href());
            new Place(shelf.folder().resolve(manifest.name() + "-" + manifest.shownVersion() + ".info"))
                    .fill(folder -> Files.writeString(folder.resolve("GALAXY.yml"),
                            YamlWriter.write(note, BLOCKS)));
        }
    }

    private CollectionArchive archive(Resolver.Candidate candidate) {
        return switch (candidate) {
            case Resolver.Candidate.AtHand atHand -> atHand.archive();
            case Resolver.Candidate.OnServer(Manifest _, GalaxyApi.Release release, GalaxyApi server) ->
                download(server.request(release.download()), release.name() + "-" + release.version(),
                        release.sha256());
            case Resolver.Candidate.Here here -> throw new IllegalStateException(here.manifest().toString());
        };
    }

    private CollectionArchive download(Web.Request request, String name, Optional<String> expected) {
        Path file = scratch.resolve(name.replaceAll("[^\\w.-]", "-") + ".tar.gz");
        String address = Web.shown(request.address().toString());
        say.accept("Downloading " + address + " to " + file);
        String sum = web.fetch(request, file, name).orElseThrow(() -> new ProblemException(Source.NONE,
                "Tried to get " + address + ", but there is nothing."));
        if (expected.isPresent() && !expected.get().equalsIgnoreCase(sum)) {
            throw new ProblemException(Source.NONE, "Tried to get " + address + ", but its checksum is " + sum
                    + ", not " + expected.get() + " as the server said.");
        }
        return new CollectionArchive(file, address);
    }

    /** What is wanted, with all that is no server's at hand. */
    private record Ready(List<Resolver.Wish> wishes, Map<CollectionName, Resolver.Candidate.AtHand> given) {}

    private Ready ready(List<CollectionRequest> wanted) {
        var wishes = new ArrayList<Resolver.Wish>();
        var given = new LinkedHashMap<CollectionName, Resolver.Candidate.AtHand>();
        for (CollectionRequest request : wanted) {
            List<CollectionArchive> archives = switch (request) {
                case CollectionRequest.OnServer(CollectionName name, VersionRange range, Optional<String> server) -> {
                    wishes.add(new Resolver.Wish(name, range, server, "direct request"));
                    yield List.of();
                }
                case CollectionRequest.Archive(String path) -> List.of(new CollectionArchive(Path.of(path), path));
                case CollectionRequest.Address(String url) -> List.of(download(Web.Request.to(url, true),
                        "collection-" + given.size(), Optional.empty()));
                case CollectionRequest.Folder(String path) -> built(Path.of(path), path);
                case CollectionRequest.Git git -> cloned(git);
            };
            for (CollectionArchive archive : archives) {
                Manifest manifest = archive.manifest();
                given.put(manifest.name(), new Resolver.Candidate.AtHand(manifest, archive));
                wishes.add(new Resolver.Wish(manifest.name(), VersionRange.of(manifest.shownVersion(),
                        manifest.name().toString()), Optional.empty(), "direct request"));
            }
        }
        return new Ready(wishes, given);
    }

    private List<CollectionArchive> cloned(CollectionRequest.Git git) {
        try {
            Path folder = Files.createTempDirectory(scratch, "git-").resolve("repository");
            Git.fetch(git.url(), git.version(), folder);
            Path inside = folder.resolve(git.below()).normalize();
            if (!inside.startsWith(folder) || !Files.isDirectory(inside)) {
                throw new ProblemException(Source.NONE, "Tried to find the folder " + git.below() + " in "
                        + Web.shown(git.url()) + ", but there is none.");
            }
            return built(inside, Web.shown(git.url()));
        } catch (IOException e) {
            throw new ProblemException(Source.NONE, "Tried to write to " + scratch + ", but " + FileTrouble.why(e)
                    + ".");
        }
    }

    /** The sources in a folder, or those in the folders below it, built. */
    private List<CollectionArchive> built(Path folder, String shown) {
        List<Path> sources = Manifest.in(folder).isPresent() ? List.of(folder) : below(folder);
        if (sources.isEmpty()) {
            throw new ProblemException(Source.NONE,
                    "Tried to find a collection in " + shown + ", but there is no galaxy.yml in it or below it.");
        }
        var archives = new ArrayList<CollectionArchive>();
        for (Path source : sources) {
            CollectionBuild build = Files.isRegularFile(source.resolve(Manifest.FILE))
                    ? new CollectionBuild(source, Manifest.in(source).orElseThrow())
                    : CollectionBuild.of(source);
            Path file = scratch.resolve(build.fileName());
            build.write(file);
            archives.add(new CollectionArchive(file, shown));
        }
        return archives;
    }

    private static List<Path> below(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(Files::isDirectory).filter(one -> Manifest.in(one).isPresent()).sorted().toList();
        } catch (IOException e) {
            throw new ProblemException(Source.NONE, "Tried to list " + folder + ", but " + FileTrouble.why(e) + ".");
        }
    }

    /** Gets archives of what is wanted, and of what that depends on, into a folder, with a requirements file for them. */
    public void download(List<CollectionRequest> wanted, Path folder, boolean dependencies, boolean preReleases) {
        Ready ready = ready(wanted);
        say.accept("Process download dependency map");
        List<Resolver.Candidate> chosen = new Resolver(servers, Map.of(), ready.given, preReleases, dependencies)
                .resolve(ready.wishes);
        say.accept("Starting collection download process to '" + folder + "'");
        var list = new ArrayList<Value>();
        try {
            Files.createDirectories(folder);
            for (Resolver.Candidate candidate : chosen) {
                Manifest manifest = candidate.manifest();
                String name = manifest.name().namespace() + "-" + manifest.name().name() + "-" + manifest.shownVersion()
                        + ".tar.gz";
                say.accept("Downloading collection '" + manifest + "' to '" + folder + "'");
                Path beside = folder.resolve("." + name + ".new");
                Files.copy(archive(candidate).file(), beside, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
                Files.move(beside, folder.resolve(name), java.nio.file.StandardCopyOption.REPLACE_EXISTING);
                say.accept("Collection '" + manifest + "' was downloaded successfully");
                list.add(MapValue.of("name", name, "version", manifest.shownVersion()));
            }
            Path requirements = folder.resolve("requirements.yml");
            say.accept("Writing requirements.yml file of downloaded collections to '" + requirements + "'");
            Files.writeString(requirements, YamlWriter.write(MapValue.of("collections", new ListValue(list)),
                    BLOCKS));
        } catch (IOException e) {
            throw new ProblemException(Source.NONE, "Tried to write to " + folder + ", but " + FileTrouble.why(e)
                    + ".");
        }
    }

    /** Compares a collection with its checksums, and these with the server's; gives the names of what differs. */
    public List<String> differences(Shelf.Installed installed, boolean offline) {
        say.accept("Verifying '" + installed.manifest() + "'.");
        say.accept("Installed collection found at '" + installed.folder() + "'");
        if (!Files.isRegularFile(installed.folder().resolve(Manifest.FILE))) {
            throw new ProblemException(Source.NONE, "Tried to verify " + installed.name()
                    + ", but it has no MANIFEST.json: it was put there by hand, not installed.");
        }
        try {
            byte[] here = Files.readAllBytes(installed.folder().resolve(Manifest.FILE));
            byte[] manifest = offline ? here : remote(installed);
            say.accept("MANIFEST.json hash: " + CollectionArchive.sum(manifest));
            var differences = new ArrayList<String>();
            if (!CollectionArchive.sum(here).equals(CollectionArchive.sum(manifest))) {
                differences.add(Manifest.FILE);
            }
            differences.addAll(changed(installed, manifest));
            return differences;
        } catch (IOException e) {
            throw new ProblemException(Source.NONE, "Tried to read " + installed.folder() + ", but "
                    + FileTrouble.why(e) + ".");
        }
    }

    private byte[] remote(Shelf.Installed installed) {
        Version version = installed.version().orElseThrow(() -> new ProblemException(Source.NONE,
                "Tried to verify " + installed.name() + ", but nobody knows which version it is."));
        for (GalaxyApi server : servers) {
            if (server.versions(installed.name()).contains(version)) {
                GalaxyApi.Release release = server.release(installed.name(), version);
                CollectionArchive archive = download(server.request(release.download()),
                        release.name() + "-" + release.version(), release.sha256());
                return new Unpacking(archive.file(), archive.shown()).read(Manifest.FILE)
                        .orElseThrow(() -> new ProblemException(Source.NONE,
                                "Tried to read " + archive.shown() + ", but it has no MANIFEST.json."));
            }
        }
        throw new ProblemException(Source.NONE, "Failed to find remote collection " + installed.manifest()
                + " on any of the galaxy servers");
    }

    private static List<String> changed(Shelf.Installed installed, byte[] manifest) throws IOException {
        var changed = new ArrayList<String>();
        Path list = installed.folder().resolve("FILES.json");
        Value about = bramble.value.Json.parse(new String(manifest, java.nio.charset.StandardCharsets.UTF_8));
        Optional<String> expected = GalaxyApi.field(about, "file_manifest_file")
                .flatMap(file -> GalaxyApi.text(file, "chksum_sha256"));
        if (!Files.isRegularFile(list) || !expected.equals(Optional.of(Web.sha256(list)))) {
            return List.of("FILES.json");
        }
        var sums = new HashMap<>(CollectionArchive.sums(Files.readString(list), installed.folder().toString()));
        try (Stream<Path> files = Files.walk(installed.folder())) {
            for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
                String name = installed.folder().relativize(file).toString();
                String sum = sums.remove(name);
                if (!name.equals("FILES.json") && !name.equals(Manifest.FILE)
                        && (sum == null || !sum.equals(Web.sha256(file)))) {
                    changed.add(name);
                }
            }
        }
        changed.addAll(sums.keySet());
        changed.sort(null);
        return changed;
    }
}
