package dev.teletun.e2e;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.jdi.Bootstrap;
import com.sun.jdi.ObjectReference;
import com.sun.jdi.ThreadReference;
import com.sun.jdi.VirtualMachine;
import com.sun.jdi.connect.AttachingConnector;
import com.sun.jdi.connect.Connector;
import dev.teletun.lab.topology.RunningProgram;
import dev.teletun.linux.namespace.NetworkNamespace;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Each thread of a connected client gets an OutOfMemoryError, wherever it is: a debugger throws it.
 * No client goes on with a part of it dead.
 */
@Tag("netns")
@Timeout(600)
class ThreadErrorIT {
  private static final String ERROR = "java.lang.OutOfMemoryError";
  private static final Pattern DEBUGGER =
      Pattern.compile("Listening for transport dt_socket at address: (\\d+)");

  private static final Duration LIMIT = Duration.ofSeconds(30);

  private static Programs programs;

  @BeforeAll
  static void up() throws IOException {
    programs = Programs.servers("error");
  }

  @AfterAll
  static void down() throws IOException {
    if (programs != null) {
      programs.close();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "main",
        "session",
        "control",
        "ladder",
        "stream",
        "dns-stub",
        "dns-file",
        "filter",
        "routes"
      })
  void endsInOrderAndSaysWhy(String thread) throws Exception {
    Undone undone = Undone.since(programs.laptop());
    try (RunningProgram client = start()) {
      client.awaitLine(Programs.CONNECTED, Programs.LIMIT);

      throwIn(thread, client);
      changeTheNetwork();

      int exitCode = client.awaitExit(LIMIT);
      assertThat(exitCode).as("%s ends %d: %s", thread, exitCode, client.output()).isEqualTo(1);
      assertThat(client.output()).contains("teletun client: internal error: ");
      undone.inOrder();
    }
  }

  /** What waits in the kernel for the server's words meets the error once there are some. */
  private static void changeTheNetwork() throws IOException {
    programs
        .laptop()
        .shell("ip address add 192.0.2.1/32 dev lo; ip address del 192.0.2.1/32 dev lo")
        .orThrow();
  }

  private static RunningProgram start() throws IOException {
    String[] line = programs.clientCommand("-dns=direct");
    String[] debugged = new String[line.length + 2];
    debugged[0] = "env";
    debugged[1] =
        "JDK_JAVA_OPTIONS=-agentlib:jdwp=transport=dt_socket,server=y,suspend=n,address=127.0.0.1:0";
    System.arraycopy(line, 0, debugged, 2, line.length);
    return programs.laptop().start(debugged);
  }

  /** Stays attached: to let go of a program that is about to end is a race, which it may lose. */
  private static void throwIn(String threadName, RunningProgram client) throws Exception {
    Matcher address = DEBUGGER.matcher(client.awaitLine(DEBUGGER, Programs.LIMIT));
    assertThat(address.find()).isTrue();
    VirtualMachine machine;
    try (NetworkNamespace laptop = NetworkNamespace.ofProcess(programs.laptop().pid())) {
      machine = laptop.call(() -> attach(address.group(1)));
    }
    ThreadReference thread =
        machine.allThreads().stream()
            .filter(each -> each.name().equals(threadName))
            .findAny()
            .orElseThrow();
    ObjectReference error = machine.classesByName(ERROR).getFirst().instances(1).getFirst();
    thread.stop(error);
  }

  private static VirtualMachine attach(String port) throws Exception {
    AttachingConnector socket =
        Bootstrap.virtualMachineManager().attachingConnectors().stream()
            .filter(each -> each.name().equals("com.sun.jdi.SocketAttach"))
            .findAny()
            .orElseThrow();
    Map<String, Connector.Argument> arguments = socket.defaultArguments();
    requireNonNull(arguments.get("hostname")).setValue("127.0.0.1");
    requireNonNull(arguments.get("port")).setValue(port);
    return socket.attach(arguments);
  }
}
