package bramble.modules.services;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import bramble.module.Effect;
import bramble.module.Maybe;
import bramble.module.Platform.Init;
import bramble.modules.files.ContentFact;
import bramble.modules.files.FileContent;
import bramble.shell.Content;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What a dry run knows of a service whose file it would have made. */
class ServiceFactTest {
    @Test
    void aFileThatWouldBeThereMakesTheService() {
        assertTrue(found(Init.SYSTEMD, "system", "/etc/systemd/system/foo.service").isPresent());
        assertTrue(found(Init.SYSTEMD, "system", "/etc/init.d/foo").isPresent());
        assertTrue(found(Init.SYSV, "system", "/etc/init.d/foo").isPresent());
        assertEquals(Optional.empty(), found(Init.SYSTEMD, "user", "/etc/init.d/foo"));
        assertEquals(Optional.empty(), found(Init.SYSV, "system", "/etc/systemd/system/foo.service"));
        assertEquals(Optional.empty(), found(Init.SYSTEMD, "system", "/etc/init.d/foobar"));
    }

    private static Optional<Service> found(Init init, String scope, String path) {
        var fact = new ServiceFact(init, false, "foo", scope, "");
        var made = new Effect.Becomes<FileContent>(new ContentFact(path),
                new FileContent.Bytes(path, Content.text("[Install]\n")));
        return fact.after(made, Optional.empty()) instanceof Maybe.Known<Optional<Service>>(var service)
                ? service
                : Optional.empty();
    }
}
