package bramble.modules.packages;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import bramble.module.Effect;
import bramble.module.Maybe;
import bramble.module.Platform;
import bramble.value.MapValue;
import bramble.value.Unknown;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class InstalledTest {
    private static final MapValue BEFORE = MapValue.of("bash", "5", "nano", "7");

    private static Maybe<MapValue> after(AptState.Step... steps) {
        return Installed.after(new Effect.Becomes<>(new AptDone(), List.of(steps)), BEFORE);
    }

    @Test
    void whatIsToldOfPackagesThatComeIsUnknownAndThoseThatGoAreGone() {
        MapValue then = after(new AptState.Step("nginx-light:arm64", "", "1.2"), new AptState.Step("nano", "7", ""))
                .get();
        assertEquals(MapValue.of("bash", "5", "nginx-light", new Unknown("nginx-light would be installed before")),
                then);
    }

    @Test
    void nothingIsKnownWhereNobodyTellsWhatComesAlong() {
        assertInstanceOf(Maybe.NotKnown.class, after(new AptState.Step("nginx-light", "", "?")));
        assertInstanceOf(Maybe.NotKnown.class, Installed.after(new Effect.Becomes<>(
                new SimplePackages(Platform.Packages.APK, List.of("nginx"), false),
                new SimplePackages.Found(Set.of("nginx"), Set.of())), BEFORE));
    }
}
