package dev.teletun.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.teletun.lab.topology.RunningProgram;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Records with the programs that write resolv.conf, when others undo them or nobody does. */
@Tag("netns")
@Timeout(120)
class RecordIT {
  private static final Pattern GIVEN_UP = Pattern.compile("keeps undoing the record .* left to it");

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
