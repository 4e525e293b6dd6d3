package dev.teletun.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import dev.teletun.lab.topology.Host;
import dev.teletun.lab.topology.OwnMounts;
import dev.teletun.lab.topology.RunningProgram;
import java.io.IOException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * The power goes while a client with -dns=direct is there. /etc and /var/lib are on an ext4 of
 * their own in a file; what the file holds at that moment is all that is left.
 */
@Tag("netns")
@Timeout(300)
class PowerCutIT {
  private static final int CUTS = 5;

  /** Nothing is written unasked: the journal of ext4 is committed every 300 s. */
  private static final String DISK =
      """
      set -e
      mkdir $disk $disk/at
      truncate -s 64M $disk/disk
      mkfs.ext4 -q $disk/disk
      mount -o loop,commit=300 $disk/disk $disk/at
      cp -a /etc $disk/at/etc
      mkdir -p $disk/at/lib
      sync
      mount --bind $disk/at/etc /etc
      mount --bind $disk/at/lib /var/lib
      """;

  private static final String CUT =
      """
      set -e
      cp $disk/disk $disk/left
      umount --lazy /etc /var/lib $disk/at
      mv $disk/left $disk/disk
      mount -o loop,commit=300 $disk/disk $disk/at
      mount --bind $disk/at/etc /etc
      mount --bind $disk/at/lib /var/lib
      """;

  private static Programs programs;

  @BeforeAll
  static void up() throws IOException {
    programs = Programs.servers("power");
  }

  @AfterAll
  static void down() throws IOException {
    if (programs != null) {
      programs.close();
    }
  }

  @Test
  void whatWasSyncedIsEnoughToPutResolvConfBack() throws IOException {
    String disk = "disk=%s\n".formatted(programs.lab().directory().resolve("power"));
    try (OwnMounts own = OwnMounts.of(programs.laptop())) {
      Host host = own.host();
      assumeLoopDevices(host);
      host.shell(disk + DISK).orThrow();
      Undone undone = Undone.since(host);
      try (Kills kills = new Kills(programs, host, "power")) {
        for (int i = 0; i < CUTS; i++) {
          RunningProgram client = kills.connect("-dns=direct");
          kills.moment(100);
          Kills.killGuardian(host);
          client.kill();
          host.shell(disk + CUT).orThrow();

          host.run(programs.teletun("cleanup")).orThrow();

          assertThat(host.run("ls", "/etc").orThrow()).doesNotContain("teletun");
          undone.inOrder();
        }
      }
      host.shell(disk + "umount --lazy /etc /var/lib $disk/at").orThrow();
    }
  }

  private static void assumeLoopDevices(Host host) throws IOException {
    if (!host.run("losetup", "--find").ok()) {
      String why = "NOT SHOWN: what a power cut leaves needs a loop device. Run as root";
      System.err.println(why);
      abort(why);
    }
  }
}
