package bramble.args;

import java.util.List;

/** A script of the controller that an argument names, and the words that follow it. */
public record ControllerCommand(ControllerFile file, List<String> words) {
    public ControllerCommand {
        words = List.copyOf(words);
    }
}
