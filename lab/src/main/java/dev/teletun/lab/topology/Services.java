package dev.teletun.lab.topology;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;

/** Web server, echo and iperf3 in the pods, and what makes the way to them long. */
final class Services {
  private Services() {}

  static void start(Host web, Host web2, Host echo) throws IOException {
    web(web, LabNet.WEB_PORT);
    web(web2, LabNet.WEB_PORT);
    python(echo, "echo", LabNet.ECHO_PORT);
    if (echo.run("sh", "-c", "command -v iperf3").ok()) {
      echo.start("iperf3", "--server", "--port", Integer.toString(LabNet.IPERF_PORT));
    }
  }

  /** Starts the web server in a host. */
  static RunningProgram web(Host host, int port) throws IOException {
    return python(host, "web", port);
  }

  /** Begins to delay what comes from the laptop; says "ready". */
  static RunningProgram delay(Host router, Duration by) throws IOException {
    Path script = Scripts.copy("delay.py", router.logs());
    return router.start("python3", "-IS", script.toString(), "" + by.toMillis());
  }

  private static RunningProgram python(Host host, String service, int port) throws IOException {
    Path script = Scripts.copy("services.py", host.logs());
    return host.start(
        "python3", "-IS", script.toString(), service, host.name(), Integer.toString(port));
  }
}
