package dev.teletun.e2e.peer;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.List;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;

/**
 * One side of version 1: control by JSSE, data by JSSE or Scandium. It pings somebody through the
 * tunnel ten times a second, prints {@code answer N} for each answer, and answers pings itself.
 *
 * <p>Arguments: {@code client} or {@code server}, {@code jsse} or {@code scandium}, directory of
 * keys, address and port of the server, whom to ping; then sources that it is not, as which it
 * pings too.
 */
public final class Peer {
  private static final Duration PERIOD = Duration.ofMillis(100);
  private static final String OWN = "10.77.0.7"; // what a server says that the client is

  private final PeerKeys keys;
  private final boolean client;
  private final boolean jsse;
  private final InetSocketAddress server;
  private final InetAddress whom;
  private final List<String> forged;

  private Peer(List<String> arguments) throws IOException, GeneralSecurityException {
    client = arguments.get(0).equals("client");
    jsse = arguments.get(1).equals("jsse");
    keys =
        client
            ? PeerKeys.read(Path.of(arguments.get(2)), "client", "server")
            : PeerKeys.read(Path.of(arguments.get(2)), "server", "client");
    server =
        new InetSocketAddress(
            InetAddress.ofLiteral(arguments.get(3)), Integer.parseInt(arguments.get(4)));
    whom = InetAddress.ofLiteral(arguments.get(5));
    forged = arguments.subList(6, arguments.size());
  }

  public static void main(String[] arguments) throws Exception {
    new Peer(List.of(arguments)).run();
  }

  private void run() throws IOException, GeneralSecurityException {
    if (client) {
      try (SSLSocket control =
          (SSLSocket)
              keys.context("TLSv1.3")
                  .getSocketFactory()
                  .createSocket(server.getAddress(), server.getPort())) {
        String addresses = text(control.getInputStream());
        System.out.println("resolv.conf of " + text(control.getInputStream()).length());
        InetAddress own = InetAddress.ofLiteral(addresses.lines().findFirst().orElseThrow());
        try (Dtls data = jsse ? JsseDtls.dial(keys, server) : ScandiumDtls.dial(keys, server)) {
          System.out.println("is " + own.getHostAddress());
          exchange(data, own);
        }
      }
      return;
    }
    try (SSLServerSocket listener =
        (SSLServerSocket)
            keys.context("TLSv1.3").getServerSocketFactory().createServerSocket(server.getPort())) {
      listener.setNeedClientAuth(true);
      System.out.println("listens");
      try (SSLSocket control = (SSLSocket) listener.accept()) {
        control
            .getOutputStream()
            .write((OWN + "\n\0nameserver 10.96.0.10\n\0").getBytes(StandardCharsets.US_ASCII));
        try (Dtls data =
            jsse
                ? JsseDtls.accept(keys, server.getPort())
                : ScandiumDtls.accept(keys, server.getPort())) {
          System.out.println("serves");
          exchange(data, whom);
        }
      }
    }
  }

  private static String text(InputStream from) throws IOException {
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    for (int next = from.read(); next != 0; next = from.read()) {
      if (next < 0) {
        throw new IOException("the server hung up after " + text);
      }
      text.write(next);
    }
    return text.toString(StandardCharsets.US_ASCII);
  }

  private void exchange(Dtls data, InetAddress own) throws IOException {
    InetAddress to = client ? whom : InetAddress.ofLiteral(OWN);
    long next = System.nanoTime();
    int number = 0;
    while (true) {
      if (System.nanoTime() - next >= 0) {
        next = System.nanoTime() + PERIOD.toNanos();
        data.send(Ping.request(own, to, ++number));
        for (String other : forged) {
          forge(data, other, own, to, number);
        }
      }
      byte[] packet = data.receive();
      if (packet != null && Ping.isReply(packet)) {
        System.out.println("answer " + Ping.number(packet));
      } else if (packet != null && Ping.isRequest(packet)) {
        data.send(Ping.answer(packet));
      }
    }
  }

  /** {@code FROM} or {@code >TO}: a packet from another source, or for another destination. */
  private static void forge(Dtls data, String other, InetAddress own, InetAddress to, int number)
      throws IOException {
    data.send(
        other.startsWith(">")
            ? Ping.request(own, InetAddress.ofLiteral(other.substring(1)), number)
            : Ping.request(InetAddress.ofLiteral(other), to, number));
  }
}
