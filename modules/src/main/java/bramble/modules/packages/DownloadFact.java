package bramble.modules.packages;

import bramble.module.Fact;
import bramble.shell.Answer;
import bramble.shell.Content;
import bramble.shell.Sh;
import java.util.List;

/**
 * Fetches what is at an address, with curl, wget or apt's own helper, whatever the node has. Nothing stays on the node.
 *
 * @param verify whether the server has to prove who it is
 */
record DownloadFact(String url, boolean verify) implements Fact<DownloadFact.Download> {
    static final Sh.Library LIBRARY = new Sh.Library("b_fetch",
            """
                    b_fetch() { # address, 1 to verify; prints what is there
                      case $1 in file://*) cat "${1#file://}"; return ;; esac
                      if command -v curl >/dev/null; then
                        [ "$2" = 1 ] && set -- "$1" || set -- "$1" -k
                        b_u=$1; shift; curl -fsSL --connect-timeout 20 "$@" -- "$b_u"
                      elif command -v wget >/dev/null; then
                        [ "$2" = 1 ] && set -- "$1" || set -- "$1" --no-check-certificate
                        b_u=$1; shift; wget -q -T 20 "$@" -O - "$b_u"
                      elif [ -x /usr/lib/apt/apt-helper ]; then
                        b_d=$(mktemp -d) || return
                        [ "$2" = 1 ] && b_k=true || b_k=false
                        b_e=$(/usr/lib/apt/apt-helper -o Acquire::Retries=1 -o Acquire::https::Verify-Peer=$b_k download-file "$1" "$b_d/it" 2>&1) &&
                          cat "$b_d/it" || { printf '%s\\n' "$b_e" >&2; false; }
                        b_s=$?; rm -rf "$b_d"; return $b_s
                      else echo "the node has no curl, wget or apt-helper: install the package curl" >&2; return 127; fi
                    }""");

    /** What is there, or why it can't be had. */
    record Download(Content.Bytes content, String failure) {}

    @Override
    public Sh script() {
        return Sh.of("b_fetch {} {}", url, verify ? "1" : "0").using(LIBRARY);
    }

    @Override
    public Download parse(Answer answer) {
        List<String> errors = answer.errors().lines().map(String::strip).filter(line -> !line.isEmpty()).toList();
        return new Download(new Content.Bytes(answer.out()), answer.ok()
                ? ""
                : errors.isEmpty()
                        ? "it could not be fetched (exit status " + answer.status() + ")"
                        : errors.getLast());
    }
}
