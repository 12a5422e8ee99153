package bramble.modules.network;

import bramble.module.Effect;
import bramble.module.Fact;
import bramble.module.Maybe;
import bramble.modules.files.NodePath;
import bramble.modules.files.PathFact;
import bramble.modules.files.PathState;
import bramble.shell.Answer;
import bramble.shell.Sh;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Asks git what is checked out in a folder, and what its repository has.
 *
 * @param git the program
 * @param ssh what git calls for ssh, empty for its own choice
 * @param local whether the repository is left alone if there is a checkout
 * @param track whether submodules are to be at the newest commit of their branches
 */
record CheckoutFact(String git, String ssh, String repo, String dest, String remote, String version, boolean bare,
        boolean local, boolean track) implements Fact<CheckoutFact.Checkout> {

    /**
     * The answer.
     *
     * @param problem what is in the way; empty if nothing is
     * @param exists whether there is a checkout, or bare repository
     * @param head what is checked out; of a bare repository what it has for the version
     * @param dirty whether files were changed by hand
     * @param behind whether a submodule isn't at the newest commit of its branch, where that matters
     * @param url of the remote
     * @param refs the repository's references, by name
     * @param branch the repository's own
     * @param tagged whether the checkout has a tag of the version's name
     * @param folder in which git keeps its own
     */
    record Checkout(String problem, boolean exists, String head, boolean dirty, boolean behind, String url,
            Map<String, String> refs, String branch, boolean tagged, String folder) {
        Checkout {
            refs = Map.copyOf(refs);
        }

        /** The commit that the version is, as far as the repository tells. */
        Optional<String> commit(String version) {
            if (version.equals("HEAD")) {
                return Optional.ofNullable(refs.get("HEAD"));
            }
            for (String name : new String[]{"refs/heads/" + version, "refs/tags/" + version + "^{}",
                "refs/tags/" + version, version}) {
                if (refs.containsKey(name)) {
                    return Optional.of(refs.get(name));
                }
            }
            return version.matches("[0-9a-f]{40}") ? Optional.of(version) : Optional.empty();
        }

        /** The branch that the version is. */
        Optional<String> branch(String version) {
            return version.equals("HEAD")
                    ? Optional.of(branch).filter(name -> !name.isEmpty())
                    : Optional.of(version).filter(name -> refs.containsKey("refs/heads/" + name));
        }

        /** When what is in the way, or checked out, would be another. */
        private Checkout with(String problem, boolean there) {
            return new Checkout(problem, there, "", false, false, "", refs, branch, false, "");
        }

        /** The checkout of another task, as this one finds it, which asked for other references. */
        private Checkout of(Checkout other, String version) {
            return new Checkout(other.problem, other.exists, other.head, other.dirty, other.behind, other.url, refs,
                    branch, tagged || refs.containsKey("refs/tags/" + version), other.folder);
        }

        Checkout at(String commit, String to, String in) {
            return new Checkout("", true, commit, false, false, to, refs, branch, true, in);
        }
    }

    static final Sh.Library LIBRARY = new Sh.Library("b_git",
            """
                    b_git_behind() { # dest; whether a submodule isn't at the newest commit of its branch
                      [ -f "$1/.gitmodules" ] || return 1
                      "$b_git" config -f "$1/.gitmodules" --get-regexp '^submodule\\..*\\.path$' | while read -r b_k b_p; do
                        b_k=${b_k%.path}
                        b_r=$("$b_git" config -f "$1/.gitmodules" "$b_k.branch") || b_r=HEAD
                        [ "$b_r" != . ] || b_r=$("$b_git" -C "$1" symbolic-ref -q --short HEAD) || b_r=HEAD
                        b_u=$("$b_git" -C "$1/$b_p" config remote.origin.url) || { echo; break; }
                        b_n=$("$b_git" ls-remote "$b_u" "$b_r" 2>/dev/null | head -n 1)
                        [ "${b_n%%[[:space:]]*}" = "$("$b_git" -C "$1/$b_p" rev-parse HEAD 2>/dev/null)" ] || { echo; break; }
                      done | grep -q ''
                    }
                    b_git_look() { # repo dest remote version bare local track
                      command -v "$b_git" >/dev/null 2>&1 || { echo "problem missing"; return 0; }
                      b_there=
                      if [ "$5" = 1 ]; then b_dir=$2 b_of=$4
                      else b_dir=$2/.git b_of=HEAD; fi
                      if [ -z "$2" ]; then :
                      elif [ -e "$b_dir/HEAD" ] || { [ "$5" != 1 ] && [ -f "$b_dir" ]; }; then
                        b_there=1 b_sub=
                        echo exists
                        b_w=$("$b_git" -C "$2" rev-parse --absolute-git-dir 2>/dev/null) || { [ ! -f "$b_dir" ] || {
                          echo "problem Current repo does not have a valid reference to a separate Git dir or it refers to the invalid path"; return 0; }; }
                        echo "folder $b_w"
                        [ ! -e "$b_w/refs/tags/$4" ] && ! grep -q " refs/tags/$4"'$' "$b_w/packed-refs" 2>/dev/null || echo tagged
                        if [ "$7" = 1 ]; then b_sub=--ignore-submodules; ! b_git_behind "$2" || echo behind; fi
                        echo "head $("$b_git" -C "$2" rev-parse --verify -q "$b_of^{commit}" 2>/dev/null)"
                        echo "url $("$b_git" -C "$2" config --get "remote.$3.url")"
                        [ "$5" = 1 ] || [ -z "$("$b_git" -C "$2" status --porcelain --untracked-files=no $b_sub 2>&1 | head -n 1)" ] || echo dirty
                      elif [ -e "$2" ] && { ! [ -d "$2" ] || [ -n "$(ls -A "$2")" ]; }; then echo "problem taken"; return 0
                      fi
                      [ "$b_there$6" != 11 ] || return 0
                      b_e=$("$b_git" ls-remote --symref "$1" 2>&1) || { printf 'problem %s\\n' "$(printf %s "$b_e" | tr '\\n' ' ')"; return 0; }
                      printf '%s\\n' "$b_e" | sed 's/^/ref /'
                    }""");

    /** Sets what git goes by. */
    Sh settings() {
        return Sh.of("b_git={}\nexport GIT_TERMINAL_PROMPT=0 GIT_OPTIONAL_LOCKS=0{}\n", git,
                ssh.isEmpty() ? Sh.raw("") : Sh.of(" GIT_SSH_COMMAND={}", ssh));
    }

    @Override
    public Maybe<Checkout> after(Effect.Becomes<?> effect, Checkout current) {
        if (effect.fact() instanceof CheckoutFact other && effect.value() instanceof Checkout then
                && !other.equals(this) && other.dest.equals(dest)) {
            return other.bare == bare && !current.refs().isEmpty()
                    ? Maybe.known(current.of(then, version))
                    : Maybe.unknown(dest + " would be another checkout");
        }
        if (effect.fact() instanceof PathFact(String at) && effect.value() instanceof PathState state
                && !dest.isEmpty()) {
            return at.equals(dest) || NodePath.below(dest, at)
                    ? cleared(state, current)
                    : NodePath.below(at, dest) ? inside(at, state, current) : Maybe.known(current);
        }
        return Fact.super.after(effect, current);
    }

    /** When the folder, or one above it, would be that. */
    private Maybe<Checkout> cleared(PathState state, Checkout current) {
        boolean there = current.exists() || current.problem().equals("taken");
        if (!there || !state.missing()) {
            return Maybe.known(current);
        }
        return current.refs().isEmpty()
                ? Maybe.unknown(dest + " would be removed before")
                : Maybe.known(current.with("", false));
    }

    /** When something in the folder would be that. */
    private Maybe<Checkout> inside(String path, PathState state, Checkout current) {
        if (current.exists()) {
            return Maybe.unknown(path + " would be changed before");
        }
        return Maybe.known(current.problem().isEmpty() && !state.missing() ? current.with("taken", false) : current);
    }

    @Override
    public Sh script() {
        return Sh.of("{}b_git_look {} {} {} {} {} {} {}", settings(), repo,
                dest.isEmpty() ? Sh.raw("''") : Sh.of("{}", NodePath.word(dest)), remote, version,
                bare ? "1" : "0", local ? "1" : "0", track ? "1" : "0").using(LIBRARY);
    }

    @Override
    public Checkout parse(Answer answer) {
        var refs = new HashMap<String, String>();
        var said = new HashMap<String, String>();
        String branch = "";
        for (String line : answer.text().lines().toList()) {
            String[] words = line.split(" ", 2);
            String rest = words.length > 1 ? words[1] : "";
            if (!words[0].equals("ref")) {
                said.put(words[0], rest);
            } else if (rest.startsWith("ref: ") && rest.endsWith("\tHEAD")) {
                branch = rest.substring("ref: refs/heads/".length(), rest.length() - "\tHEAD".length());
            } else if (rest.matches("[0-9a-f]{40,64}\t.*")) {
                refs.put(rest.split("\t", 2)[1], rest.split("\t", 2)[0]);
            }
        }
        return new Checkout(said.getOrDefault("problem", ""), said.containsKey("exists"),
                said.getOrDefault("head", ""), said.containsKey("dirty"), said.containsKey("behind"),
                said.getOrDefault("url", ""), refs, branch, said.containsKey("tagged"),
                said.getOrDefault("folder", ""));
    }
}
