package dev.teletun.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.teletun.lab.topology.Host;
import dev.teletun.lab.topology.LabNet;
import dev.teletun.lab.topology.OwnMounts;
import dev.teletun.lab.topology.RunningProgram;
import dev.teletun.protocol.lifecycle.CloseStack;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A laptop whose name server, DHCP server and user are behind its gateway, at addresses that lie in
 * a prefix of the cluster. The user has logged in to a real sshd.
 */
@Tag("netns")
@Timeout(180)
class KeptAddressesIT {
  // All in LabNet.SERVICES, where no Service is.
  private static final String USER = "10.96.77.22";
  private static final String NAME_SERVER = "10.96.77.53";
  private static final String NEXT_NAME_SERVER = "10.96.77.54";
  private static final String DHCP_SERVER = "10.96.77.67";
  private static final String CALLER = "10.96.77.23";
  private static final String HOME_NAME = "intranet.home.example";
  private static final String HOME = "192.0.2.99";

  /** In mounts of its own. Arguments: directory for files, own address, DHCP and name server. */
  private static final String PREPARE =
      """
      mkdir -p /run/sshd /run/systemd/netif/leases
      cp /etc/passwd $1/passwd
      grep -q ^sshd: $1/passwd || echo sshd:x:109:65534::/run/sshd:/usr/sbin/nologin >>$1/passwd
      mount --bind $1/passwd /etc/passwd
      ssh-keygen -q -t ed25519 -N '' -f $1/host
      ssh-keygen -q -t ed25519 -N '' -f $1/user
      mount -t tmpfs none /run/systemd/netif/leases
      printf 'ADDRESS=%s\\nSERVER_ADDRESS=%s\\n' $2 $3 >/run/systemd/netif/leases/2
      printf 'nameserver %s\\n' $4 >$1/resolv.conf
      mount --bind $1/resolv.conf /etc/resolv.conf
      """;

  private static Programs programs;

  private final CloseStack started = new CloseStack();
  private Path files = Path.of("");

  @SuppressWarnings("NullAway.Init") // every test begins with it
  private Host laptop;

  @BeforeAll
  static void up() throws IOException {
    DebianPackages.unpack("openssh-server");
    programs = Programs.servers("kept");
    Host router = router();
    for (String address : List.of(USER, CALLER, NAME_SERVER, NEXT_NAME_SERVER, DHCP_SERVER)) {
      router.run("ip", "address", "add", address + "/32", "dev", "lo").orThrow();
    }
    for (String server : List.of(NAME_SERVER, NEXT_NAME_SERVER)) {
      router.start(
          "dnsmasq",
          "--no-daemon",
          "--conf-file=/dev/null",
          "--no-resolv",
          "--no-hosts",
          "--bind-interfaces",
          "--listen-address=" + server,
          "--host-record=%s,%s".formatted(HOME_NAME, HOME));
    }
    router.start("socat", "UDP4-RECVFROM:67,bind=%s,fork".formatted(DHCP_SERVER), "EXEC:cat");
  }

  @AfterAll
  static void down() throws IOException {
    if (programs != null) {
      programs.close();
    }
  }

  @BeforeEach
  void logIn() throws IOException {
    laptop = started.own(OwnMounts.of(programs.laptop())).host();
    files = Files.createTempDirectory(programs.lab().directory(), "ssh");
    laptop
        .run(
            "sh",
            "-ec",
            PREPARE,
            "sh",
            files.toString(),
            LabNet.LAPTOP.v4(),
            DHCP_SERVER,
            NAME_SERVER)
        .orThrow();
    Path authorized = files.resolve("authorized");
    Files.copy(files.resolve("user.pub"), authorized);
    started.own(
        laptop.start(
            DebianPackages.directory("openssh-server").resolve("usr/sbin/sshd").toString(),
            "-De",
            "-f/dev/null",
            "-h" + files.resolve("host"),
            "-oStrictModes=no",
            "-oPermitRootLogin=yes",
            "-oPidFile=none",
            "-oAuthorizedKeysFile=" + authorized));
    Until.holds(() -> assertThat(laptop.listens(22)).isTrue());
    RunningProgram login = started.own(router().start(ssh("-M", "echo in; exec sleep infinity")));
    login.awaitLine(Pattern.compile("^in"), Programs.LIMIT);
    RunningProgram stranger =
        started.own(
            router()
                .start(
                    "socat",
                    "-u",
                    "TCP4:%s:22,bind=%s".formatted(LabNet.LAPTOP.v4(), CALLER),
                    "-"));
    stranger.awaitLine(Pattern.compile("^SSH-2"), Programs.LIMIT);
  }

  @AfterEach
  void end() throws IOException {
    started.close();
  }

  /** Everything by one TCP connection, which {@code -M} begins. */
  private String[] ssh(String how, String command) {
    return new String[] {
      "ssh",
      how,
      "-S" + files.resolve("control"),
      "-F/dev/null",
      "-b" + USER,
      "-i" + files.resolve("user"),
      "-oBatchMode=yes",
      "-oStrictHostKeyChecking=no",
      "-oUserKnownHostsFile=/dev/null",
      "-oProxyCommand=none",
      "root@" + LabNet.LAPTOP.v4(),
      command
    };
  }

  @ParameterizedTest
  @ValueSource(strings = {"-strict-routes=false", "-strict-routes"})
  void whatThisHostNeedsKeepsItsWay(String strict) throws IOException {
    String[] options =
        strict.endsWith("false") ? new String[] {"-plan"} : new String[] {"-plan", strict};
    RunningProgram client = started.own(programs.startClientOn(laptop, options));
    client.awaitLine(Pattern.compile("^connected as"), Programs.LIMIT);

    assertThat(client.output())
        .contains(
            USER + " keeps its way past tel0: the routes leave it out, as it is where the user",
            NAME_SERVER
                + " keeps its way past tel0: the routes leave it out, as it is a name server",
            DHCP_SERVER + " keeps its way past tel0: the routes leave it out, as it is the DHCP");
    assertThat(way(CALLER)).as("whoever only connects to sshd").contains("dev tel0");
    theLoginGoesOn();
    assertThat(resolve(HOME_NAME)).startsWith(HOME);
    assertThat(resolve(LabNet.WEB_NAME)).startsWith(LabNet.WEB_SERVICE.v4());
    assertThat(
            laptop
                .shell("echo renew | socat -t2 - UDP4:%s:67,sourceport=68".formatted(DHCP_SERVER))
                .stdout())
        .isEqualTo("renew\n");
    assertThat(laptop.run(programs.teletun("status")).orThrow())
        .contains(USER + ", in " + LabNet.SERVICES.v4() + " (-route), keeps its way");

    Files.writeString(files.resolve("resolv.conf"), "nameserver %s\n".formatted(NEXT_NAME_SERVER));

    Until.holds(() -> assertThat(way(NEXT_NAME_SERVER)).doesNotContain("dev tel0"));
    assertThat(way(NAME_SERVER)).contains("dev tel0");
    Until.holds(() -> assertThat(resolve(HOME_NAME)).startsWith(HOME));
    theLoginGoesOn();
  }

  private void theLoginGoesOn() throws IOException {
    assertThat(router().run(ssh("-n", "echo alive")).orThrow()).isEqualTo("alive\n");
  }

  private String resolve(String name) throws IOException {
    return laptop.run("getent", "ahostsv4", name).stdout();
  }

  private String way(String to) throws IOException {
    return laptop.run("ip", "route", "get", to).stdout();
  }

  private static Host router() {
    return programs.lab().router();
  }
}
