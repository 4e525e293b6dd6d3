package dev.teletun.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.teletun.lab.topology.Host;
import dev.teletun.lab.topology.LabNet;
import dev.teletun.lab.topology.LabOptions;
import dev.teletun.lab.topology.RunningProgram;
import dev.teletun.protocol.lifecycle.CloseStack;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Pods that send the client more than the tunnel carries, and shout at pod B's network. */
@Tag("netns")
@Timeout(120)
class StormIT {
  private static final int PORT = 7070;
  private static final long MOST_GROWTH_BYTES = 32 << 20;

  /** Sends for so many seconds, as fast as one process can, datagrams of so many bytes. */
  private static final String FLOOD =
      """
      import socket, sys, time
      to, port, size, seconds = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), float(sys.argv[4])
      s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
      s.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
      data, end, sent = b"x" * size, time.monotonic() + seconds, 0
      while time.monotonic() < end:
          for _ in range(64):
              try:
                  s.sendto(data, (to, port))
                  sent += 1
              except OSError:
                  pass
      print("sent", sent)
      """;

  /** Sends for so many seconds the question who has an address, each time as another neighbour. */
  private static final String WHO_HAS =
      """
      import socket, struct, sys, time
      of, seconds = socket.inet_aton(sys.argv[1]), float(sys.argv[2])
      s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
      s.bind(("eth0", 0x0806))
      end, sent = time.monotonic() + seconds, 0
      while time.monotonic() < end:
          for _ in range(64):
              mac = b"\\x02\\x00" + struct.pack("!I", sent)
              asker = bytes([10, 244, 1 + sent % 250, 1 + sent // 250 % 250])
              try:
                  s.send(b"\\xff" * 6 + mac + struct.pack("!HHHBBH", 0x806, 1, 0x800, 6, 4, 1)
                         + mac + asker + b"\\0" * 6 + of)
                  sent += 1
              except OSError:
                  pass
      print("sent", sent)
      """;

  private static Programs programs;
  private static RunningProgram cluster;
  private static RunningProgram external;
  private static RunningProgram client;

  @BeforeAll
  static void connect() throws IOException {
    programs = Programs.in("storm", LabOptions.DEFAULT);
    cluster = programs.startCluster();
    external = programs.startExternal();
    client = programs.connect();
  }

  @AfterAll
  static void takeDown() throws IOException {
    if (programs != null) {
      programs.close();
    }
  }

  @Test
  void aConnectionGoesOnWhilePodsFloodTheClientAndTheirNetwork() throws IOException {
    List<RunningProgram> ours = List.of(cluster, external, client);
    rage(3); // so that what the heap grows by at first is not counted
    List<Long> before = residentBytes(ours);

    rage(8);

    List<Long> after = residentBytes(ours);
    for (int i = 0; i < ours.size(); i++) {
      assertThat(ours.get(i).isAlive()).as(ours.get(i).output()).isTrue();
      assertThat(after.get(i) - before.get(i)).isLessThan(MOST_GROWTH_BYTES);
    }
    assertThat(external.output().lines().filter(l -> l.startsWith("data association with")))
        .as("keepalives and echoes got through: nobody took the other for dead")
        .hasSize(1);
    programs.laptop().run("ping", "-c3", "-i0.2", "-W2", LabNet.POD_ECHO.v4()).orThrow();
  }

  private static void rage(int seconds) throws IOException {
    try (CloseStack storms = new CloseStack();
        Conversation talk = Conversation.begin(programs.laptop(), web2(), LabNet.POD_WEB2, PORT)) {
      talk.exchange();
      List<RunningProgram> senders = new ArrayList<>();
      for (Host pod : List.of(programs.lab().web(), programs.lab().dns())) {
        senders.add(storms.own(flood(pod, LabNet.POD_CLUSTER.v4(), 1200, seconds)));
        senders.add(storms.own(flood(pod, LabNet.POD_CLUSTER.v4(), 20, seconds)));
        senders.add(storms.own(flood(pod, "10.244.0.255", 20, seconds)));
        senders.add(
            storms.own(
                pod.start("python3", "-IS", "-c", WHO_HAS, LabNet.POD_CLUSTER.v4(), "" + seconds)));
      }
      while (senders.getFirst().isAlive()) {
        talk.exchange();
      }
      long sent = 0;
      for (RunningProgram sender : senders) {
        assertThat(sender.awaitExit(Programs.LIMIT)).as(sender.output()).isZero();
        sent += Long.parseLong(sender.output().replaceAll("\\D", ""));
      }
      assertThat(sent).as("a storm, or this shows nothing").isGreaterThan(10_000L * seconds);
      talk.exchange();
    }
  }

  private static RunningProgram flood(Host from, String to, int size, int seconds)
      throws IOException {
    return from.start("python3", "-IS", "-c", FLOOD, to, "9", "" + size, "" + seconds);
  }

  private static List<Long> residentBytes(List<RunningProgram> of) throws IOException {
    List<Long> bytes = new ArrayList<>();
    for (RunningProgram each : of) {
      bytes.add(each.residentBytes());
    }
    return bytes;
  }

  private static Host web2() {
    return programs.lab().web2();
  }
}
