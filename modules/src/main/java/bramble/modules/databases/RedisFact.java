package bramble.modules.databases;

import bramble.module.Fact;
import bramble.shell.Answer;
import bramble.shell.Sh;
import java.util.List;

/** What a Redis server answers to a command that only asks. */
record RedisFact(Login login, List<String> words) implements Fact<RedisFact.Said> {
    /**
     * How the server is reached; the password goes through the environment, which no other user sees.
     *
     * @param tls the words that encrypt the connection; none for one that isn't encrypted
     */
    record Login(String host, int port, String user, String password, List<String> tls) {
        Login {
            tls = List.copyOf(tls);
        }

        Sh run(List<String> words) {
            Sh secret = password.isEmpty() ? Sh.raw("") : Sh.of("export REDISCLI_AUTH={}\n", Sh.secret(password));
            List<String> who = user.isEmpty() ? List.of() : List.of("--user", user);
            return Sh.of("{}redis-cli -h {} -p {} {} {} {} </dev/null", secret, host, port, tls, who, words);
        }
    }

    /**
     * An answer.
     *
     * @param trouble why there is none; empty if there is
     */
    record Said(List<String> lines, String trouble) {
        static Said of(Answer answer) {
            String text = answer.text().strip();
            boolean refused = text.matches("(?s)(\\(error\\) )?(ERR|NOAUTH|NOPERM|WRONGPASS|READONLY|MISCONF)\\b.*");
            return answer.ok() && !refused && answer.errors().isBlank()
                    ? new Said(answer.text().lines().toList(), "")
                    : new Said(List.of(), refused ? text : answer.errors().isBlank() ? text : answer.errors().strip());
        }

        /** The value of a line {@code key:value}. */
        String value(String key) {
            return lines.stream().filter(line -> line.startsWith(key + ":"))
                    .map(line -> line.substring(key.length() + 1).strip()).findFirst().orElse("");
        }
    }

    @Override
    public Sh script() {
        return login.run(words);
    }

    @Override
    public Said parse(Answer answer) {
        return Said.of(answer);
    }
}
