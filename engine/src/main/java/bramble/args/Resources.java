package bramble.args;

import bramble.problem.ProblemException;
import bramble.shell.Digests;
import bramble.template.DocumentOptions;
import java.nio.file.Path;

/** What binding arguments needs of the controller. */
public interface Resources {
    /**
     * The file or folder that an argument names.
     *
     * @param folder {@code files} or {@code templates}: the folder of a role in which it is looked for first
     * @throws ProblemException naming the places that were searched
     */
    Path find(String folder, String name);

    /** The text that a template file gives; {@link bramble.value.UnknownValueException} where that can't be known. */
    String render(Path template, DocumentOptions options);

    /** A value of an argument that is a secret; it is masked wherever it would appear. */
    void secret(String value);

    /** Something is odd, but no error. */
    void warn(String text);

    /** A file that an argument names; with a slash at its end, what is in the folder. */
    default ControllerFile file(String name) {
        return new ControllerFile(find("files", name), name.endsWith("/"), digests(), vault());
    }

    /** The digests of the controller's files that were counted already. */
    default Digests digests() {
        return new Digests();
    }

    /** How encrypted files of the controller are opened. */
    default VaultedFiles vault() {
        return VaultedFiles.CLOSED;
    }

    /** A path on the node as the environment there makes it. */
    default String nodePath(String written) {
        return written;
    }

    /** How images of nodes are made. */
    default FirstStarts firstStarts() {
        return FirstStarts.NONE;
    }

    /** How a program in Python is started on the node. */
    default NodePython python() {
        return NodePython.NONE;
    }
}
