package dev.teletun.client.host.trace;

import dev.teletun.client.dns.registry.StubAddress;
import dev.teletun.protocol.address.Addresses;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.stream.Collectors;

/**
 * Lines of a resolv.conf that name stubs of a client that is gone: somebody made the file of its
 * record, and nobody makes it again.
 *
 * @param file such as {@code /etc/resolv.conf}
 * @param device of the client
 */
record DeadStubs(Path file, String device) {
  /**
   * Names {@code servers} in their place.
   *
   * @return what was done, for people; empty if the file names none of the stubs
   */
  Optional<String> replaceBy(List<InetAddress> servers) throws IOException {
    if (!Files.isRegularFile(file)) {
      return Optional.empty();
    }
    Path target = file.toRealPath();
    List<String> lines = Files.readAllLines(target, StandardCharsets.ISO_8859_1);
    List<String> kept = new ArrayList<>(lines);
    kept.removeIf(this::namesOne);
    if (kept.size() == lines.size()) {
      return Optional.empty();
    }
    servers.forEach(server -> kept.add("nameserver " + Addresses.text(server)));
    Path fresh = target.resolveSibling(target.getFileName() + ".teletun-" + device + ".new");
    ReplacedFile.write(fresh, kept.stream().map("%s\n"::formatted).collect(Collectors.joining()));
    ReplacedFile.likeness(target, fresh);
    Files.move(fresh, target, StandardCopyOption.ATOMIC_MOVE);
    String said = "took its stub out of %s, which names ".formatted(file);
    if (kept.stream().noneMatch(line -> OwnResolvConf.SERVER.matcher(line).matches())) {
      return Optional.of(said + "no server now: write yours there");
    }
    return Optional.of(
        said + (servers.isEmpty() ? "others" : Addresses.text(servers) + " in its place"));
  }

  private boolean namesOne(String line) {
    Matcher server = OwnResolvConf.SERVER.matcher(line);
    return server.matches() && StubAddress.isOf(device, server.group(1));
  }
}
