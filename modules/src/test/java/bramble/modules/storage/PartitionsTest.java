package bramble.modules.storage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import bramble.module.Effect;
import bramble.module.Maybe;
import bramble.modules.files.Inode;
import bramble.modules.files.Me;
import bramble.modules.files.Owner;
import bramble.modules.files.PathFact;
import bramble.modules.files.PathState;
import bramble.modules.storage.FilesystemFact.Contents;
import bramble.modules.storage.PartitionsFact.Disk;
import bramble.modules.storage.PartitionsFact.Partition;
import bramble.value.MapValue;
import bramble.value.Unknown;
import bramble.value.Value;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What a dry run knows of partitions that would be made or removed. */
class PartitionsTest {
    private static final Partition ONE = new Partition(1, "1MiB", "100%", "", "", "data", List.of("lvm"));
    private static final Contents NOTHING = new Contents(false, false, "", 0, 0);
    private static final Contents EXT4 = new Contents(true, true, "ext4", 1, 1);

    private static Effect.Becomes<Optional<Disk>> becomes(String disk, Partition... partitions) {
        return new Effect.Becomes<>(new PartitionsFact(disk, "KiB"),
                Optional.of(new Disk(fields(disk, "gpt"), List.of(partitions), "")));
    }

    private static List<String> fields(String disk, String table) {
        return List.of(disk, "8GB", "scsi", "512", "512", table, "model");
    }

    @Test
    void aNewPartitionIsADeviceOfWhichNothingIsKnown() {
        var fact = new FilesystemFact("/dev/mmcblk0p1");
        assertInstanceOf(Maybe.NotKnown.class, fact.after(becomes("/dev/mmcblk0", ONE), NOTHING));
        assertEquals(Maybe.known(EXT4), fact.after(becomes("/dev/mmcblk0", ONE), EXT4));
        assertEquals(Maybe.known(EXT4), fact.after(becomes("/dev/sda", ONE), EXT4));
        assertEquals(Maybe.known(NOTHING),
                new FilesystemFact("/dev/sda10").after(becomes("/dev/sda", ONE), NOTHING));
        assertInstanceOf(Maybe.NotKnown.class,
                new FilesystemFact("/dev/sda1").after(becomes("/dev/sda", ONE), NOTHING));
    }

    @Test
    void aPartitionThatGoesTakesItsFileSystemAlong() {
        assertEquals(Maybe.known(new Contents(false, true, "", 0, 0)),
                new FilesystemFact("/dev/sda1").after(becomes("/dev/sda"), EXT4));
        assertEquals(Maybe.known(EXT4), new FilesystemFact("/dev/sda").after(becomes("/dev/sda"), EXT4));
    }

    @Test
    void aFileThatStandsForADeviceMayGoAndComeAnew() {
        var fact = new FilesystemFact("/srv/disk");
        var nothing = new Contents(false, true, "", 0, 0);
        var gone = new PathState.Absent("/srv", "/", false);
        assertEquals(Maybe.known(nothing), fact.after(new Effect.Becomes<PathState>(new PathFact("/srv"), gone), EXT4));
        var made = new PathState.Directory("/srv/disk",
                Inode.made(0755, new Me(Owner.ROOT, Owner.ROOT, 022, "/root"), "/srv/disk"));
        var comes = new Effect.Becomes<PathState>(new PathFact("/srv/disk"), made);
        assertInstanceOf(Maybe.NotKnown.class, fact.after(comes, nothing));
        assertEquals(Maybe.known(EXT4), fact.after(comes, EXT4));
    }

    @Test
    void aDiskIsTheSameInOtherUnits() {
        var fact = new PartitionsFact("/dev/sda", "MiB");
        Optional<Disk> now = Optional.of(new Disk(fields("/dev/sda", "unknown"), List.of(), ""));
        assertEquals(Maybe.known(Optional.of(new Disk(fields("/dev/sda", "gpt"), List.of(ONE), ""))),
                fact.after(becomes("/dev/sda", ONE), now));
        var there = new Partition(1, "1MiB", "8MiB", "7MiB", "ext4", "old", List.of());
        Optional<Disk> old = Optional.of(new Disk(fields("/dev/sda", "gpt"), List.of(there), ""));
        var renamed = new Partition(1, "1024kiB", "8192kiB", "7168kiB", "ext4", "data", List.of("lvm"));
        assertEquals(List.of(there.named("data").flagged(List.of("lvm"))),
                fact.after(becomes("/dev/sda", renamed), old).get().orElseThrow().partitions());
        assertEquals(List.of(ONE), fact.after(becomes("/dev/sda", ONE), old).get().orElseThrow().partitions());
    }

    @Test
    void whereAPartitionWouldLieIsNotGuessed() {
        Value why = new Unknown("partition 1 of /dev/sda would be made, or moved, first");
        assertEquals(
                MapValue.of("num", 1, "begin", why, "end", why, "size", why, "fstype", why, "name", "data", "flags",
                        List.of("lvm"), "unit", "mib"),
                PartedModule.told("/dev/sda", "MiB", ONE));
        MapValue grown = PartedModule.told("/dev/sda", "MiB",
                new Partition(1, "1MiB", "8MiB", "7MiB", "ext4", "data", List.of()).ending("100%"));
        assertEquals(List.of(Optional.of(why), Optional.of(Value.of("ext4"))),
                List.of(grown.get("end"), grown.get("fstype")));
    }
}
