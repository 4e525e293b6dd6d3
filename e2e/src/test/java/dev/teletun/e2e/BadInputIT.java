package dev.teletun.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.teletun.lab.topology.Host;
import dev.teletun.lab.topology.HostSnapshot;
import dev.teletun.lab.topology.LabNet;
import dev.teletun.lab.topology.LabOptions;
import dev.teletun.lab.topology.Run;
import dev.teletun.lab.topology.RunningProgram;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What the programs say and answer when their surroundings are wrong: one line, a code, no harm.
 */
@Tag("netns")
@Timeout(120)
class BadInputIT {
  private static final int FAILED = 1;
  private static final int USAGE = 2;
  private static final int REFUSED = 3;
  private static final int NOT_TRUSTED = 4;
  private static final int BUSY = 5;
  private static final int FREE_PORT = 6000;
  private static final Pattern READY = Pattern.compile("^ready");

  private static final String[] NO_CAPABILITY = {
    "setpriv", "--bounding-set=-all", "--inh-caps=-all"
  };
  private static final String[] NOBODY = {"setpriv", "--reuid=65534", "--clear-groups"};
  private static final String[] NO_TUN = {
    "unshare", "--mount", "sh", "-c", "mount -t tmpfs none /dev/net && exec \"$@\"", "sh"
  };

  /** A device that nobody may open, as a container's runtime leaves it. */
  private static final String[] CLOSED_TUN = {
    "unshare",
    "--mount",
    "sh",
    "-c",
    "mount --bind /dev/net /dev/net && mount -o remount,bind,nodev /dev/net && exec \"$@\"",
    "sh"
  };

  /** Runs the command of its arguments, which the kernel refuses TUNSETIFF from then on. */
  private static final String[] NO_TUNSETIFF = {
    "python3",
    "-c",
    """
    import ctypes, os, struct, sys
    steps = [
        (0x20, 0, 0, 24), (0x15, 0, 1, 0x400454ca),   # the second argument of ioctl(2)
        (0x06, 0, 0, 0x00050001), (0x06, 0, 0, 0x7fff0000)]
    code = ctypes.create_string_buffer(b''.join(struct.pack('HBBI', *step) for step in steps))
    program = ctypes.create_string_buffer(struct.pack('HxxxxxxP', len(steps), ctypes.addressof(code)))
    assert ctypes.CDLL(None).prctl(22, 2, program) == 0
    os.execv(sys.argv[1], sys.argv[1:])
    """
  };

  private static Programs programs;
  private static Host laptop;
  private static Path keys;
  private static Path others;
  private static RunningProgram cluster;

  @BeforeAll
  static void startPair() throws IOException {
    programs = Programs.in("badin", LabOptions.DEFAULT);
    laptop = programs.laptop();
    keys = programs.keys();
    others = programs.lab().directory().resolve("others");
    laptop.run(programs.teletun("keygen", "-directory=" + others)).orThrow();
    cluster = programs.startCluster();
    programs
        .startExternal()
        .awaitLine(Pattern.compile("^linked to server-cluster"), Programs.LIMIT);
  }

  @AfterAll
  static void takeDown() throws IOException {
    if (programs != null) {
      programs.close();
    }
  }

  @Test
  void refusesAServerWithAnotherKey() throws IOException {
    Run run = client(keys, others.resolve("server.pub"));

    expect(run, NOT_TRUSTED, "is not the pinned one", "Give the public key file");
  }

  @Test
  void saysThatTheServerRefusesOurKey() throws IOException {
    Run run = client(others, keys.resolve("server.pub"));

    expect(run, NOT_TRUSTED, "does not accept our key", "Give it our public key file");
  }

  @ParameterizedTest
  @CsvSource({
    "unreachable, 198.51.100.1, No route to host",
    "blackhole, 198.51.100.2, did not answer within 8 s"
  })
  void givesUpOnAnAddressThatCannotBeReached(String kind, String address, String why)
      throws IOException {
    programs.lab().router().run("ip", "route", "replace", kind, address).orThrow();

    Run run = client(new String[0], keys, keys.resolve("server.pub"), address, FREE_PORT);

    expect(run, FAILED, address, Integer.toString(FREE_PORT), why, "server-external");
  }

  @Test
  void saysThatNobodyListensOnThePort() throws IOException {
    Run run = client(new String[0], keys, keys.resolve("server.pub"), LabNet.NODE.v4(), FREE_PORT);

    expect(run, FAILED, LabNet.NODE.v4(), "refused", "server-external");
  }

  @Test
  void namesTheMissingDeviceAfterAllElseWentWell() throws IOException {
    Run run = client(NO_TUN, keys, keys.resolve("server.pub"), LabNet.NODE.v4(), LabNet.NODE_PORT);

    expect(run, REFUSED, "/dev/net/tun", "ENOENT", "modprobe tun");
  }

  @Test
  void namesTheDeviceThatItMayNotOpen() throws IOException {
    Run run =
        client(CLOSED_TUN, keys, keys.resolve("server.pub"), LabNet.NODE.v4(), LabNet.NODE_PORT);

    expect(run, REFUSED, "/dev/net/tun", "EACCES", "let this user read and write /dev/net/tun");
  }

  @Test
  void saysWhichCallASandboxForbids() throws IOException {
    Run run =
        client(NO_TUNSETIFF, keys, keys.resolve("server.pub"), LabNet.NODE.v4(), LabNet.NODE_PORT);

    expect(run, REFUSED, "ioctl(TUNSETIFF", "EPERM", "CAP_NET_ADMIN");
  }

  @Test
  void givesTheSudoLineToAClientWithoutTheCapability() throws IOException {
    Run run =
        client(NO_CAPABILITY, keys, keys.resolve("server.pub"), LabNet.NODE.v4(), LabNet.NODE_PORT);

    expect(run, REFUSED, "CAP_NET_ADMIN", "Run: sudo ", "-port=" + LabNet.NODE_PORT);
  }

  /** What is at a key's path instead of the key. */
  enum BadFile {
    MISSING("rm {}", "no such file", "no such file"),
    GARBAGE("printf 'no \\377 key' >{}", "no PEM block", "no PEM block"),
    WORLD_READABLE("chmod 644 {}", "everybody on this machine may read", "chmod 600");

    final String spoil;
    final String why;
    final String remedy;

    BadFile(String spoil, String why, String remedy) {
      this.spoil = spoil;
      this.why = why;
      this.remedy = remedy;
    }
  }

  @ParameterizedTest
  @EnumSource(BadFile.class)
  void namesAPrivateKeyThatCannotBeUsed(BadFile bad) throws IOException {
    Path ownKeys = programs.lab().directory().resolve(bad.name());
    laptop.run("cp", "-a", keys.toString(), ownKeys.toString()).orThrow();
    Path key = ownKeys.resolve("client.key");
    laptop.shell(bad.spoil.replace("{}", key.toString())).orThrow();

    Run run = client(ownKeys, keys.resolve("server.pub"));

    expect(run, USAGE, key.toString(), bad.why, bad.remedy);
  }

  @ParameterizedTest
  @CsvSource({
    "/nowhere/server.pub, no such file, check the path",
    "/dev/zero, not a file, check the path",
    "/etc/passwd, no PEM block, -----BEGIN",
  })
  void namesAServerKeyThatIsNone(String file, String why, String remedy) throws IOException {
    Run run = client(keys, Path.of(file));

    expect(run, USAGE, file, why, remedy);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 65_536})
  void refusesAPortOutOfRange(int port) throws IOException {
    Run run = client(new String[0], keys, keys.resolve("server.pub"), LabNet.NODE.v4(), port);

    expect(run, USAGE, "-port=" + port, "write a number from 1 to 65535");
  }

  @Test
  void namesAPrivateKeyThatItMayNotRead() throws IOException {
    Run run = client(NOBODY, keys, keys.resolve("server.pub"), LabNet.NODE.v4(), LabNet.NODE_PORT);

    expect(run, USAGE, keys.resolve("client.key").toString(), "not readable", "ls -l");
  }

  @Test
  void leavesTheFirstClientAloneWhenASecondComes() throws IOException {
    try (RunningProgram first = programs.connect()) {
      HostSnapshot connected = programs.laptopNow();
      Host router = programs.lab().router();
      HostSnapshot before = HostSnapshot.of(router);

      Run second = router.run(programs.clientCommand());

      expect(second, BUSY, "another client holds the pod");
      assertThat(before.differences(HostSnapshot.of(router))).isEmpty();
      assertThat(first.isAlive()).isTrue();
      laptop.run("ping", "-c1", "-W2", LabNet.POD_WEB.v4()).orThrow();
      assertThat(connected.differences(programs.laptopNow())).isEmpty();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "UDP-RECV, bind, UDP",
    "TCP-LISTEN, cannot listen on TCP port, ss -ltnp",
  })
  void namesAPortThatIsTaken(String listener, String what, String remedy) throws IOException {
    Host pod = programs.lab().podExternal();
    try (RunningProgram _ = pod.start("socat", "-u", listener + ":" + FREE_PORT, "STDOUT")) {
      Until.holds(() -> assertThat(pod.listens(FREE_PORT)).isTrue());

      Run run =
          pod.run(
              programs.teletun(
                  "server-external",
                  "-port=" + FREE_PORT,
                  "-server-pubkey=" + keys.resolve("server.pub"),
                  "-server-privkey=" + keys.resolve("server.key"),
                  "-client-pubkey=" + keys.resolve("client.pub"),
                  "-sockfile=" + programs.sockfile()));

      expect(run, FAILED, what, remedy, Integer.toString(FREE_PORT));
    }
  }

  @Test
  void leavesALiveSocketToItsOwner() throws IOException {
    Run run = programs.lab().podCluster().run(serverCluster(programs.sockfile()));

    expect(run, FAILED, "another process listens at " + programs.sockfile(), "ss -lpx");
    assertThat(cluster.isAlive()).isTrue();
    assertThat(programs.sockfile()).exists();
  }

  @Test
  void takesOverTheSocketOfADeadOne() throws IOException {
    Host pod = programs.lab().web2();
    Path socket = programs.lab().directory().resolve("dead.sock");
    try (RunningProgram first = pod.start(serverCluster(socket))) {
      first.awaitLine(READY, Programs.LIMIT);
      first.kill();
    }
    assertThat(socket).exists();

    try (RunningProgram second = pod.start(serverCluster(socket))) {
      second.awaitLine(READY, Programs.LIMIT);
      second.signal("TERM");
      second.awaitExit(Programs.LIMIT);
    }
    assertThat(socket).doesNotExist();
  }

  @Test
  void refusesASocketWhosePathIsTooLong() throws IOException {
    Path socket = programs.lab().directory().resolve("x".repeat(108));

    Run run = programs.lab().web2().run(serverCluster(socket));

    expect(run, USAGE, "-sockfile", "107");
  }

  @Test
  void namesWhatServerClusterLacks() throws IOException {
    Host pod = programs.lab().web2();
    Path socket = programs.lab().directory().resolve("unused.sock");
    HostSnapshot before = HostSnapshot.of(pod);

    expect(pod.run(with(NO_TUN, serverCluster(socket))), REFUSED, "/dev/net/tun", "ENOENT");
    expect(pod.run(with(NO_CAPABILITY, serverCluster(socket))), REFUSED, "EPERM", "CAP_NET_ADMIN");

    assertThat(socket).doesNotExist();
    assertThat(before.differences(HostSnapshot.of(pod))).isEmpty();
  }

  private static String[] serverCluster(Path socket) {
    return programs.teletun("server-cluster", "-sockfile=" + socket);
  }

  private static Run client(Path ownKeys, Path serverKey) throws IOException {
    return client(new String[0], ownKeys, serverKey, LabNet.NODE.v4(), LabNet.NODE_PORT);
  }

  /** Runs a client that is to fail, and sees to it that the laptop is as it was. */
  private static Run client(
      String[] wrapper, Path ownKeys, Path serverKey, String address, int port) throws IOException {
    HostSnapshot before = programs.laptopNow();
    String[] command =
        programs.teletun(
            "client",
            "-address=" + address,
            "-port=" + port,
            "-server-pubkey=" + serverKey,
            "-client-pubkey=" + ownKeys.resolve("client.pub"),
            "-client-privkey=" + ownKeys.resolve("client.key"),
            "-route=" + LabNet.PODS.v4());
    Run run = laptop.run(with(wrapper, command));
    assertThat(before.differences(programs.laptopNow())).isEmpty();
    return run;
  }

  private static String[] with(String[] wrapper, String[] command) {
    List<String> line = new ArrayList<>(List.of(wrapper));
    line.addAll(List.of(command));
    return line.toArray(String[]::new);
  }

  /** One line of our own that says all of {@code words}, the code, and no stack trace. */
  private static void expect(Run run, int code, String... words) {
    assertThat(run.exitCode()).as(run.stderr()).isEqualTo(code);
    List<String> ours = run.stderr().lines().filter(l -> l.startsWith("teletun ")).toList();
    assertThat(ours).as(run.stderr()).hasSize(1);
    assertThat(ours.getFirst()).contains(words);
    assertThat(run.stderr()).doesNotContain("\tat ", "Exception");
  }
}
