package dev.teletun.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.teletun.lab.topology.LabNet;
import dev.teletun.lab.topology.RunningProgram;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Records with the programs that write resolv.conf, when others undo them or nobody does. */
@Tag("netns")
@Timeout(120)
class RecordIT {
  private static final Pattern GIVEN_UP = Pattern.compile("keeps undoing the record .* left to it");

  /** What of ours there is among the records, and on disk. */
  private static final String LEFT =
      "find /run/resolvconf -name '*teletun*'; ls -d /var/lib/teletun";

  private static final String NO_OTHERS_RECORD =
      "PATH=/usr/sbin:/sbin:$PATH resolvconf -d eth1.dhclient || true"; // if it is there

  private static final String OTHERS_RECORDS =
      """
      export PATH=/usr/sbin:/sbin:$PATH
      for i in $(seq 500); do
        echo nameserver %s | resolvconf -a eth1.dhclient
        resolvconf -d eth1.dhclient
        sleep 0.3  # openresolv looks once a second whether it is free
      done
      """
          .formatted(LabNet.SECOND_NAME_SERVER.v4());

  private static Programs programs;

  @BeforeAll
  static void up() throws IOException {
    PreparedHost.unpackPackages();
    programs = Programs.servers("recrd");
  }

  @AfterAll
  static void down() throws IOException {
    if (programs != null) {
      programs.close();
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"OPENRESOLV", "DEBIAN_RESOLVCONF", "NETWORK_MANAGER"})
  void isFoundWithoutTheJournal(HostSetup setup) throws IOException {
    try (PreparedHost prepared = PreparedHost.of(programs.laptop(), "", setup.script);
        Kills kills = new Kills(programs, prepared.host(), "journal")) {
      Undone undone = Undone.since(prepared.host());
      RunningProgram client = kills.connect(setup.way.option);
      Kills.killGuardian(prepared.host());
      client.kill();
      prepared.host().shell("rm -r /var/lib/teletun").orThrow();

      String done = prepared.host().run(programs.teletun("cleanup")).orThrow();

      assertThat(done).contains("removed the record");
      undone.inOrder();
    }
  }

  /** A cleanup that was killed had removed the file, and not told NetworkManager yet. */
  @Test
  void isUndoneWhereOnlyNetworkManagerRemembersIt() throws IOException {
    try (PreparedHost prepared =
            PreparedHost.of(programs.laptop(), "", HostSetup.NETWORK_MANAGER.script);
        Kills kills = new Kills(programs, prepared.host(), "memory")) {
      Undone undone = Undone.since(prepared.host());
      RunningProgram client = kills.connect(HostSetup.NETWORK_MANAGER.way.option);
      Kills.killGuardian(prepared.host());
      client.kill();
      prepared.host().shell("rm /run/NetworkManager/conf.d/zz-teletun-tel0.conf").orThrow();

      String done = prepared.host().run(programs.teletun("cleanup")).orThrow();

      assertThat(done).contains("removed the record of tel0 with NetworkManager");
      Until.holds(undone::now);
      undone.inOrder();
    }
  }

  /** What was called resolvconf when the client was killed is another program by now, or gone. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          DEBIAN_RESOLVCONF | remove_debian_resolvconf                     | the program that kept it is gone
          DEBIAN_RESOLVCONF | remove_debian_resolvconf; rm -r /run/resolvconf | names no server now
          DEBIAN_RESOLVCONF | remove_debian_resolvconf; openresolv         | openresolv does not know it
          OPENRESOLV        | unpackaged; debian_resolvconf                | Debian's resolvconf does not know it
          OPENRESOLV        | unpackaged                                   | the program that kept it is gone
          DEBIAN_RESOLVCONF | remove_debian_resolvconf; debian_resolvconf  | removed the record
          OPENRESOLV        | unpackaged; openresolv                       | removed the record
          """)
  void isUndoneByWhateverIsThereThen(HostSetup setup, String change, String says)
      throws IOException {
    for (boolean byTheNextStart : new boolean[] {false, true}) {
      try (PreparedHost prepared = PreparedHost.of(programs.laptop(), "", setup.script);
          Kills kills = new Kills(programs, prepared.host(), "change")) {
        List<String> others = prepared.others();
        RunningProgram client = kills.connect(setup.way.option);
        Kills.killGuardian(prepared.host());
        client.kill();
        prepared.become(change);

        String said;
        if (byTheNextStart) {
          RunningProgram next = kills.connect();
          Kills.endInOrder(next);
          said = next.output();
        } else {
          said = prepared.host().run(programs.teletun("cleanup")).orThrow();
        }

        assertThat(said).containsOnlyOnce(says).containsOnlyOnce("the record of tel0");
        assertThat(prepared.host().run(programs.teletun("cleanup")).orThrow())
            .contains("nothing to repair");
        assertThat(prepared.host().resolvConf()).doesNotContain("127.116.");
        assertThat(prepared.host().shell(LEFT).stdout()).isEmpty();
        if (!says.equals("names no server now")) {
          assertThat(prepared.others()).isEqualTo(others);
        }
      }
    }
  }

  /** As a DHCP client does whose lease keeps changing. */
  @ParameterizedTest
  @EnumSource(names = {"OPENRESOLV", "DEBIAN_RESOLVCONF"})
  void isMadeAndUndoneWhileSomebodyElseRunsTheSameProgram(HostSetup setup) throws IOException {
    try (PreparedHost prepared = PreparedHost.of(programs.laptop(), "", setup.script);
        Kills kills = new Kills(programs, prepared.host(), "other")) {
      Undone undone = Undone.since(prepared.host());
      try (RunningProgram _ = prepared.host().start("sh", "-c", OTHERS_RECORDS)) {
        for (int i = 0; i < 3; i++) {
          RunningProgram client = kills.connect(setup.way.option);
          Until.holds(prepared::resolvesTheCluster);
          Kills.endInOrder(client);
          assertThat(prepared.host().shell(LEFT).stdout()).isEmpty();
        }
      }
      prepared.host().shell(NO_OTHERS_RECORD).orThrow();
      undone.inOrder();
    }
  }

  @Test
  void isLeftAloneOnceOthersHaveUndoneItTenTimes() throws IOException {
    try (PreparedHost prepared =
            PreparedHost.of(programs.laptop(), "", HostSetup.OPENRESOLV.script);
        Kills kills = new Kills(programs, prepared.host(), "fight")) {
      Undone undone = Undone.since(prepared.host());
      RunningProgram client = kills.connect(HostSetup.OPENRESOLV.way.option);
      String ours = prepared.host().resolvConf();

      for (int i = 0; i < 100 && !GIVEN_UP.matcher(client.output()).find(); i++) {
        prepared.host().run("resolvconf", "-f", "-d", "tun.tel0.teletun");
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(300));
      }

      client.awaitLine(GIVEN_UP, Programs.LIMIT);
      assertThat(prepared.host().resolvConf()).isNotEqualTo(ours);
      Kills.endInOrder(client);
      undone.inOrder();
    }
  }
}
