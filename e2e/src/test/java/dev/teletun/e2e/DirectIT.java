package dev.teletun.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.teletun.lab.topology.Host;
import dev.teletun.lab.topology.LabNet;
import dev.teletun.lab.topology.Run;
import dev.teletun.lab.topology.RunningProgram;
import dev.teletun.protocol.lifecycle.CloseStack;
import java.io.IOException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code -dns=direct}: the one way that writes to the host's own resolv.conf. */
@Tag("netns")
@Timeout(180)
class DirectIT {
  private static final String OTHER = "nameserver %s\n".formatted(LabNet.ROUTER_LAN.v4());

  private static Programs programs;
  private static Host laptop;

  private final CloseStack started = new CloseStack();

  @BeforeAll
  static void up() throws IOException {
    programs = Programs.servers("dirct");
    laptop = programs.laptop();
  }

  @AfterAll
  static void down() throws IOException {
    if (programs != null) {
      programs.close();
    }
  }

  @AfterEach
  void end() throws IOException {
    started.close();
  }

  /** What else resolv.conf may be; undone after the test by the words of the last column. */
  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          a file               | true | true
          a link               | mv /etc/resolv.conf /run/its-own; ln -s ../run/its-own /etc/resolv.conf | rm /etc/resolv.conf; mv /run/its-own /etc/resolv.conf
          a mount point        | cp /etc/resolv.conf /run/its-own; mount --bind /run/its-own /etc/resolv.conf | umount /etc/resolv.conf; rm /run/its-own
          on a read-only mount | mount --bind /etc /etc; mount -o remount,bind,ro /etc | umount /etc
          readable by root     | chmod 600 /etc/resolv.conf | chmod 644 /etc/resolv.conf
          """)
  void servesAndPutsItBack(String name, String make, String unmake) throws IOException {
    laptop.shell(make).orThrow();
    try {
      Undone undone = Undone.since(laptop);
      RunningProgram client = connect();
      serves();

      client.signal("TERM");
      assertThat(client.awaitExit(Programs.LIMIT)).as(client.output()).isEqualTo(143);
      undone.inOrder();

      RunningProgram killed = connect();
      serves();
      killed.kill();
      undone.byTheGuardian();
    } finally {
      laptop.shell(unmake).orThrow();
    }
  }

  @Test
  void aRebootLeavesTheOriginalToBePutBack() throws IOException {
    Undone undone = Undone.since(laptop);
    RunningProgram client = connect();
    killWithGuardian(client);
    laptop.run("mount", "-t", "tmpfs", "tmpfs", "/run").orThrow();
    try {
      assertThat(cleanup()).contains("put /etc/resolv.conf back");
      assertThat(cleanup()).contains("nothing to repair");
    } finally {
      laptop.run("umount", "/run").orThrow();
    }
    undone.inOrder();
  }

  @Test
  void cleansUpWithoutItsJournal() throws IOException {
    Undone undone = Undone.since(laptop);
    killWithGuardian(connect());
    laptop.shell("rm -r /var/lib/teletun").orThrow();

    assertThat(cleanup()).contains("put /etc/resolv.conf back");

    undone.inOrder();
  }

  @Test
  void keepsAnEditOfTheUsersAfterAKill() throws IOException {
    String own = laptop.resolvConf();
    Undone undone = Undone.since(laptop);
    RunningProgram client = connect();
    laptop.shell("echo options timeout:7 >>/etc/resolv.conf").orThrow();
    killWithGuardian(client);

    assertThat(cleanup()).contains("/etc/resolv.conf");

    assertThat(laptop.resolvConf()).isEqualTo(own + "options timeout:7\n");
    laptop.shell("sed -i '/^options timeout:7$/d' /etc/resolv.conf").orThrow();
    undone.inOrder();
  }

  @Test
  void whatWasWrittenDownIsEnoughOnADiskThatIsFullSince() throws IOException {
    Undone undone = Undone.since(laptop);
    laptop.run("mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", "/var/lib").orThrow();
    try {
      RunningProgram client = connect();
      assertThat(laptop.shell("cat /dev/zero >/var/lib/full").stderr()).contains("No space left");
      killWithGuardian(client);

      assertThat(cleanup()).contains("put /etc/resolv.conf back");
      assertThat(laptop.run("ls", "/var/lib").orThrow()).isEqualTo("full\n");
    } finally {
      laptop.run("umount", "/var/lib").orThrow();
    }
    undone.inOrder();
  }

  @Test
  void keepsItsStateDirectoryWhereThatIsAMountPoint() throws IOException {
    laptop
        .shell("mkdir /var/lib/teletun; mount -t tmpfs -o mode=700 tmpfs /var/lib/teletun")
        .orThrow();
    try {
      Undone undone = Undone.since(laptop);
      RunningProgram client = connect();
      client.signal("TERM");
      assertThat(client.awaitExit(Programs.LIMIT)).as(client.output()).isEqualTo(143);
      undone.inOrder();

      killWithGuardian(connect());
      assertThat(cleanup()).contains("put /etc/resolv.conf back");
      assertThat(cleanup()).contains("nothing to repair");
      undone.inOrder();
    } finally {
      laptop.shell("umount /var/lib/teletun; rmdir /var/lib/teletun").orThrow();
    }
  }

  @Test
  void knowsAClientWhoseDeviceWasRenamed() throws IOException {
    Undone undone = Undone.since(laptop);
    RunningProgram client = started.own(programs.connect("-dns=direct", "-strict-routes"));
    laptop
        .shell("ip link set tel0 down; ip link set tel0 name other0; ip link set other0 up")
        .orThrow();

    assertThat(cleanup()).contains("nothing to repair");
    killWithGuardian(client);
    assertThat(cleanup()).contains("put /etc/resolv.conf back", "removed 2 rules");

    undone.inOrder();
  }

  @Test
  void changesNothingWhenItCannotWriteDownWhat() throws IOException {
    Undone undone = Undone.since(laptop);
    for (String trouble :
        new String[] {
          "mount -t tmpfs -o size=4k,nr_inodes=2,mode=700 tmpfs /var/lib/teletun",
          "mount -t tmpfs -o ro,mode=700 tmpfs /var/lib/teletun",
          "mount -t tmpfs -o mode=777 tmpfs /var/lib/teletun"
        }) {
      laptop.shell("mkdir /var/lib/teletun; " + trouble).orThrow();
      try {
        RunningProgram client = started.own(programs.startClient("-dns=direct"));
        assertThat(client.awaitExit(Programs.LIMIT)).as(client.output()).isNotZero();
        assertThat(client.output()).contains("/var/lib/teletun").doesNotContain("Exception in");
        assertThat(laptop.resolvConf()).doesNotContain("teletun");
      } finally {
        laptop.shell("umount /var/lib/teletun; rmdir /var/lib/teletun").orThrow();
      }
      undone.inOrder();
    }
  }

  @Test
  void takesWhatOthersWriteForTheOriginal() throws IOException {
    String own = laptop.resolvConf();
    RunningProgram client = connect();
    laptop.shell("printf '%s' >/etc/new; mv /etc/new /etc/resolv.conf".formatted(OTHER)).orThrow();

    Until.holds(() -> assertThat(laptop.resolvConf()).contains("# teletun"));
    serves();

    client.signal("TERM");
    assertThat(client.awaitExit(Programs.LIMIT)).isEqualTo(143);
    assertThat(laptop.resolvConf()).isEqualTo(OTHER);
    write(own);
  }

  @Test
  void stopsFightingWhoeverKeepsWriting() throws IOException {
    String own = laptop.resolvConf();
    RunningProgram client = connect();
    for (int i = 0; i < 10; i++) {
      Until.holds(() -> assertThat(laptop.resolvConf()).contains("# teletun"));
      write(OTHER);
    }
    Until.holds(() -> assertThat(laptop.resolvConf()).contains("# teletun"));
    write(OTHER);

    Until.holds(() -> assertThat(client.output()).contains("keeps writing /etc/resolv.conf"));
    assertThat(laptop.resolvConf()).isEqualTo(OTHER);
    client.signal("TERM");
    assertThat(client.awaitExit(Programs.LIMIT)).isEqualTo(143);
    assertThat(laptop.resolvConf()).isEqualTo(OTHER);
    assertThat(laptop.run("ls", "/etc").orThrow()).doesNotContain("teletun");
    write(own);
  }

  private static void write(String resolvConf) throws IOException {
    laptop
        .runWithInput(resolvConf, "sh", "-c", "cat >/etc/new && mv /etc/new /etc/resolv.conf")
        .orThrow();
  }

  /** The guardian first, so that it has no time to do anything. */
  private static void killWithGuardian(RunningProgram client) throws IOException {
    Kills.killGuardian(laptop);
    client.kill();
    assertThat(laptop.resolvConf()).contains("# teletun");
  }

  private RunningProgram connect() throws IOException {
    return started.own(programs.connect("-dns=direct"));
  }

  private static String cleanup() throws IOException {
    return laptop.run(programs.teletun("cleanup")).orThrow();
  }

  private static void serves() throws IOException {
    Run curl = laptop.run("curl", "-sS", "-m10", "http://" + LabNet.WEB_NAME);
    assertThat(curl.stdout() + curl.stderr()).contains("serves");
    assertThat(laptop.run("getent", "hosts", LabNet.OUTSIDE_NAME).stdout())
        .contains(LabNet.OUTSIDE_NAME);
    assertThat(laptop.run("dig", "+short", LabNet.SPLIT_NAME).stdout())
        .isEqualTo(LabNet.SPLIT_FIRST + "\n");
  }
}
