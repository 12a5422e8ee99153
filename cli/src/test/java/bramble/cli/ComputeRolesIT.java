package bramble.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The roles mpi, distcc, nfs_server and nfs_client on three nodes: a program's ranks run on each of them and add up, objects are
 * compiled elsewhere, files are shared. This machine's kernel need not serve or mount NFS: NFS-Ganesha and libnfs do.
 */
@Order(2)
@Timeout(400)
class ComputeRolesIT {
    private static final String SUBNET = "10.77.99";
    private static final int NODES = 3;

    @TempDir
    static Path scratch = Path.of("");

    @Test
    void nodesWorkTogether() {
        try (RoleLab lab = RoleLab.up("compute", SUBNET, scratch, """
                c1 .11 debian compute,file_servers
                c2 .12 debian compute,file_clients
                c3 .13 debian compute
                """)) {
            lab.write("names.yml", "- {hosts: all, become: true, roles: [hostname, hosts_file]}\n");
            lab.plays("names.yml");

            lab.settles(15, RoleLab.PROJECT.resolve("playbooks/compute.yml").toString(), "-e", """
                    {mpi_packages: [mpich, libmpich-dev, gcc], distcc_packages: [distcc, gcc, libc6-dev],
                     distcc_allowed_nets: [%s.0/24]}""".formatted(SUBNET));
            verified(lab, "compute", "mpi", "{}");
            ranksAddUp(lab);
            verified(lab, "compute", "distcc", "{}");
            objectsAreCompiledElsewhere(lab);

            // Folders whose files have handles, which those of a lab's card don't; what autofs talks to the kernel by.
            lab.on("c1", "mkdir -p /srv/nfs_share /home/shared && mount -t tmpfs share /srv/nfs_share && "
                    + "mount -t tmpfs -o mode=1777 shared /home/shared && echo of the server >/srv/nfs_share/note");
            lab.on("c2", "mknod /dev/autofs c 10 235 && mkdir -p /srv/there && echo of the client >/srv/there/note");
            String exports = """
                    {nfs_server_kind: ganesha, nfs_server_grace: 0,
                     nfs_server_exports: [{path: /srv/nfs_share, clients: [%s.0/24], options: [ro, root_squash, subtree_check]},
                                          {path: /home/shared, clients: ['*'], options: [rw, sync, no_subtree_check]}],
                     nfs_client_mounts: {rpi0: '-fstype=bind :/srv/there'}}"""
                    .formatted(SUBNET);
            lab.settles(7, RoleLab.PROJECT.resolve("playbooks/storage.yml").toString(), "-e", exports);
            verified(lab, "file_servers", "nfs_server", exports);
            verified(lab, "file_clients", "nfs_client", exports);
            filesAreShared(lab);
            exportsAreUnderstood(lab);
        }
    }

    private static void verified(RoleLab lab, String hosts, String role, String variables) {
        lab.write("verify.yml", """
                - hosts: %s
                  become: true
                  tasks: [include_role: {name: %s, tasks_from: verify}]
                """.formatted(hosts, role));
        lab.plays("verify.yml", "-e", variables);
    }

    private static void ranksAddUp(RoleLab lab) {
        lab.on("c1", """
                cat >/home/mpiuser/add.c <<'END'
                #include <mpi.h>
                #include <stdio.h>
                int main(int count, char **words) {
                    char name[MPI_MAX_PROCESSOR_NAME];
                    int rank, sum, length;
                    MPI_Init(&count, &words);
                    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
                    MPI_Get_processor_name(name, &length);
                    MPI_Allreduce(&rank, &sum, 1, MPI_INT, MPI_SUM, MPI_COMM_WORLD);
                    printf("%s %d\\n", name, sum);
                    MPI_Finalize();
                    return 0;
                }
                END
                mpicc /home/mpiuser/add.c -o /home/mpiuser/add""");
        String said = lab.on("c1", """
                su - mpiuser -c 'scp -qB add c2: && scp -qB add c3: &&
                  timeout 60 mpirun -l -ppn 1 -np %d --hostfile hostfile ./add | sort'""".formatted(NODES));
        assertEquals("[0] c1 3\n[1] c2 3\n[2] c3 3\n", said);
    }

    private static void objectsAreCompiledElsewhere(RoleLab lab) {
        lab.on("c1",
                """
                        cd /tmp && echo 'int four(void) { return 4; }' >four.c &&
                        DISTCC_DIR=/tmp DISTCC_FALLBACK=0 DISTCC_HOSTS=%s.13,lzo distcc gcc -c four.c -o four.o && test -s four.o"""
                        .formatted(SUBNET));
        String log = lab.on("c3", "grep four.c /var/log/distccd.log");
        assertTrue(log.contains("client: " + SUBNET + ".11") && log.contains("COMPILE_OK"), log);
    }

    /** The kernel here may not serve NFS, but its tools read what it would share. */
    private static void exportsAreUnderstood(RoleLab lab) {
        lab.write("kernel.yml", "- {hosts: c3, become: true, roles: [nfs_server]}\n");
        Cli.Said said = lab.play("kernel.yml");
        assertTrue(said.code() == 0 || said.out().contains("Unable to start service nfs-server"), said::toString);
        String shared = lab.on("c3", "exportfs -ra && exportfs -s");
        assertTrue(shared.matches("(?s)/srv/nfs_share +192\\.168\\.10\\.0/24\\([^)]*,ro,root_squash.*"), shared);
        assertTrue(shared.matches("(?s).*\n/home/shared +\\*\\([^)]*,no_subtree_check,[^)]*,rw,.*"), shared);
    }

    private static void filesAreShared(RoleLab lab) {
        String server = "nfs://" + SUBNET + ".11";
        lab.on("c3", "apt-get -qq install libnfs-utils >/dev/null");
        assertEquals("of the server\n", lab.on("c3", "nfs-cat " + server + "/srv/nfs_share/note"));
        String refused = lab.on("c3", "nfs-cp /etc/hostname " + server + "/srv/nfs_share/mine 2>&1; echo $?");
        assertTrue(refused.contains("NFS3ERR_ROFS") && !refused.endsWith("\n0\n"), refused);
        lab.on("c3", "nfs-cp /etc/hostname " + server + "/home/shared/mine");
        assertEquals("c3\n", lab.on("c1", "cat /home/shared/mine"));

        assertEquals("of the client\n", lab.on("c2", "cat /mnt/nfs/rpi0/note"));
        assertNotEquals("", lab.on("c2", "grep ' /mnt/nfs autofs ' /proc/mounts"));
    }
}
