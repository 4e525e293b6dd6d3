package dev.teletun.lab.topology;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** Web server, echo and iperf3 in the pods. */
final class Services {
  private Services() {}

  static void start(Host web, Host web2, Host echo) throws IOException {
    for (Host host : new Host[] {web, web2}) {
      python(host, "web", LabNet.WEB_PORT);
    }
    python(echo, "echo", LabNet.ECHO_PORT);
    if (echo.run("sh", "-c", "command -v iperf3").ok()) {
      echo.start("iperf3", "--server", "--port", Integer.toString(LabNet.IPERF_PORT));
    }
  }

  private static void python(Host host, String service, int port) throws IOException {
    Path script = host.logs().resolve("services.py");
    try (InputStream source = Services.class.getResourceAsStream("services.py")) {
      if (source == null) {
        throw new IllegalStateException("services.py is missing from the class path");
      }
      Files.copy(source, script);
    }
    host.start("python3", "-IS", script.toString(), service, host.name(), Integer.toString(port));
  }
}
