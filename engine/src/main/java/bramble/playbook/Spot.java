package bramble.playbook;

import bramble.inventory.Variables;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Where the loader is reading.
 *
 * @param play the playbook's file: roles and task files are looked for beside it
 * @param outer what is inherited here
 * @param playVars the play's variables, as far as they are known before it starts
 * @param handlers whether handlers are read
 * @param trail the files that led here, so that one that imports itself is noticed
 */
record Spot(Path file, Path play, Optional<Role> role, Directives outer, List<Variables> playVars, boolean handlers,
        List<Path> trail,
        Harvest harvest) {

    Spot {
        trail = List.copyOf(trail);
    }

    Spot inside(Directives directives) {
        return new Spot(file, play, role, directives, playVars, handlers, trail, harvest);
    }

    Spot in(Path other) {
        var longer = new ArrayList<>(trail);
        longer.add(other);
        return new Spot(other, play, role, outer, playVars, handlers, longer, harvest);
    }

    Spot of(Role other) {
        return new Spot(file, play, Optional.of(other), outer, playVars, handlers, trail, harvest);
    }

    Spot forHandlers(boolean areHandlers) {
        return new Spot(file, play, role, outer, playVars, areHandlers, trail, harvest);
    }

    Path playFolder() {
        return parent(play);
    }

    /** Below which folders collections are looked for: beside the playbook first. */
    List<Path> collectionsPath(Surroundings surroundings) {
        var folders = new ArrayList<Path>();
        folders.add(playFolder().resolve("collections"));
        Shelved.of(play).map(Shelved::root).ifPresent(folders::add);
        folders.addAll(surroundings.collectionsPath());
        return folders;
    }

    /** Where the modules that the playbook and its roles bring are looked for. */
    Library library(Surroundings surroundings, Routes routes) {
        var folders = new ArrayList<Path>();
        role.ifPresent(one -> one.chain().reversed().forEach(each -> folders.add(each.path().resolve("library"))));
        folders.add(playFolder().resolve("library"));
        folders.addAll(surroundings.libraryPath());
        var actions = new ArrayList<Path>();
        role.ifPresent(
                one -> one.chain().reversed().forEach(each -> actions.add(each.path().resolve("action_plugins"))));
        actions.add(playFolder().resolve("action_plugins"));
        actions.addAll(surroundings.actionsPath());
        return new Library(folders, actions, collectionsPath(surroundings), routes);
    }

    Path folder() {
        return parent(file);
    }

    /** Whether there is such a lookup, or one may come with the playbook, a role or a collection. */
    boolean mayLookUp(String name, Surroundings surroundings) {
        var folders = new ArrayList<>(List.of(playFolder(), folder()));
        role.ifPresent(one -> one.chain().forEach(each -> folders.add(each.path())));
        return name.indexOf('.') >= 0 || surroundings.lookups().known(name) || folders.stream()
                .anyMatch(folder -> Files.isRegularFile(folder.resolve("lookup_plugins").resolve(name + ".py")));
    }

    static Path parent(Path file) {
        Path parent = file.toAbsolutePath().normalize().getParent();
        return parent == null ? file.toAbsolutePath().getRoot() : parent;
    }

    /** The variables that a name which must be known at load may use, weakest first. */
    List<Variables> layers(Directives own) {
        var layers = new ArrayList<Variables>();
        role.ifPresent(one -> layers.addAll(one.visibleDefaults()));
        layers.addAll(playVars);
        role.ifPresent(one -> layers.addAll(one.visibleVars()));
        layers.addAll(outer.vars());
        layers.addAll(own.vars());
        role.ifPresent(one -> layers.addAll(one.visibleParams()));
        layers.addAll(outer.params());
        return layers;
    }

    /** Where a task file is looked for: beside this one, in the role and those that led to it, beside the playbook. */
    List<Path> taskFiles(String name, Documents documents, bramble.problem.Source asked) {
        var candidates = new ArrayList<Path>();
        String kind = handlers ? "handlers" : "tasks";
        documents.resolve(folder(), name, asked).ifPresent(candidates::add);
        for (Role one : role.map(found -> found.chain().reversed()).orElse(List.of())) {
            documents.resolve(one.path().resolve(kind), name, asked).ifPresent(candidates::add);
            if (handlers) {
                documents.resolve(one.path().resolve("tasks"), name, asked).ifPresent(candidates::add);
            }
            documents.resolve(one.path(), name, asked).ifPresent(candidates::add);
        }
        documents.resolve(playFolder(), name, asked).ifPresent(candidates::add);
        documents.resolve(playFolder().resolve(kind), name, asked).ifPresent(candidates::add);
        return candidates.stream().distinct().toList();
    }
}
