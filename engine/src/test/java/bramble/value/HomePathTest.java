package bramble.value;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class HomePathTest {
    @Test
    void theHomeOfAUser() {
        String own = System.getProperty("user.home");
        assertEquals(own, HomePath.expanded("~"));
        assertEquals(own + "/a", HomePath.expanded("~/a"));
        assertEquals("/root/a~", HomePath.expanded("~root/a~"));
        assertEquals("/root", HomePath.expanded("~root"));
        assertEquals("~nobody-at-all/a", HomePath.expanded("~nobody-at-all/a"));
        assertEquals("a/~/b", HomePath.expanded("a/~/b"));
    }
}
