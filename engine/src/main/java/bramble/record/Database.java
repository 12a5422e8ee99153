package bramble.record;

import bramble.problem.FileTrouble;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Properties;

/** The SQLite file of records. Several runs may write to it at once. */
final class Database {
    private static final List<String> TABLES = List.of("""
            CREATE TABLE IF NOT EXISTS runs (
              id TEXT PRIMARY KEY, command TEXT NOT NULL, arguments TEXT NOT NULL, playbooks TEXT NOT NULL,
              git_commit TEXT, user TEXT NOT NULL, dry_run INTEGER NOT NULL, process INTEGER NOT NULL,
              started TEXT NOT NULL, ended TEXT, exit_code INTEGER)""",
            """
                    CREATE TABLE IF NOT EXISTS plays (
                      run TEXT NOT NULL, number INTEGER NOT NULL, name TEXT NOT NULL, hosts TEXT NOT NULL, started TEXT NOT NULL)""",
            """
                    CREATE TABLE IF NOT EXISTS results (
                      run TEXT NOT NULL, position TEXT NOT NULL, task TEXT NOT NULL, module TEXT NOT NULL, source TEXT NOT NULL,
                      handler INTEGER NOT NULL, host TEXT NOT NULL, delegate TEXT, item TEXT, outcome TEXT NOT NULL,
                      ignored INTEGER NOT NULL, rescued INTEGER NOT NULL, result TEXT NOT NULL, changes TEXT NOT NULL,
                      started TEXT NOT NULL, milliseconds INTEGER NOT NULL, seal TEXT NOT NULL DEFAULT '')""",
            "CREATE INDEX IF NOT EXISTS results_of_run ON results (run, host)",
            "CREATE INDEX IF NOT EXISTS results_of_host ON results (host, started)", """
                    CREATE TABLE IF NOT EXISTS warnings (run TEXT NOT NULL, at TEXT NOT NULL, text TEXT NOT NULL)""");

    private Database() {}

    /** Why the file can't be opened, in words: the part of a sentence that follows "but". */
    static String why(Exception trouble, Path file) {
        Path folder = file.toAbsolutePath().getParent();
        return switch (trouble) {
            case FileAlreadyExistsException there -> there.getFile() + " is a file, and no folder";
            case AccessDeniedException denied -> "permission is denied for " + denied.getFile();
            case FileSystemException wrong when "Not a directory".equals(wrong.getReason()) ->
                wrong.getFile() + " lies below something that is no folder";
            case IOException other -> FileTrouble.why(other);
            case SQLException _ when Files.isDirectory(file) -> "that is a folder";
            case SQLException _ when Files.exists(file) && !Files.isWritable(file) -> "it may not be written";
            case SQLException _ when folder != null && !Files.isWritable(folder) -> "its folder may not be written";
            case SQLException strange when String.valueOf(strange.getMessage()).contains("NOTADB") ->
                "that is no database. Move it away, and a new one is begun";
            case Exception other -> String.valueOf(other.getMessage());
        };
    }

    /** Opens the file, and makes it, for its owner only, if it isn't there. */
    static Connection open(Path file) throws SQLException, IOException {
        Path folder = file.toAbsolutePath().getParent();
        if (folder != null) {
            Files.createDirectories(folder);
        }
        if (!Files.exists(file)) {
            try {
                Files.createFile(file,
                        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            } catch (java.nio.file.FileAlreadyExistsException e) {
                // another run was quicker
            }
        }
        var properties = new Properties(); // nobody asks for numbers of rows; to look them up would cost as much as to write
        properties.setProperty("jdbc.get_generated_keys", "false");
        Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file, properties);
        try (Statement statement = connection.createStatement()) {
            statement.execute("PRAGMA busy_timeout = 10000");
            statement.execute("PRAGMA journal_mode = WAL");
            statement.execute("PRAGMA synchronous = NORMAL");
            for (String table : TABLES) {
                statement.execute(table);
            }
            addSeal(statement);
        } catch (SQLException e) {
            connection.close();
            throw e;
        }
        return connection;
    }

    /** A file of an earlier version has none. */
    private static void addSeal(Statement statement) throws SQLException {
        try (ResultSet found = statement
                .executeQuery("SELECT 1 FROM pragma_table_info('results') WHERE name = 'seal'")) {
            if (found.next()) {
                return;
            }
        }
        try {
            statement.execute("ALTER TABLE results ADD COLUMN seal TEXT NOT NULL DEFAULT ''");
        } catch (SQLException e) {
            if (!String.valueOf(e.getMessage()).contains("duplicate column")) { // another run was quicker
                throw e;
            }
        }
    }
}
