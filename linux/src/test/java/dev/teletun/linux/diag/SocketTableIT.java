package dev.teletun.linux.diag;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import dev.teletun.linux.namespace.TestNamespace;
import dev.teletun.protocol.lifecycle.CloseStack;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketAddress;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Sockets of this process in a namespace, ended by the kernel. */
@Tag("netns")
class SocketTableIT {
  private static final String GONE = "10.9.9.1";
  private static final String GONE_6 = "fd09::1";
  private static final String KEPT = "10.9.9.2";

  private final CloseStack owned = new CloseStack();
  private TestNamespace namespace;
  private SocketTable table;

  @BeforeEach
  void open() throws IOException {
    namespace = owned.own(TestNamespace.create());
    for (String address : List.of(GONE + "/32", KEPT + "/32", GONE_6 + "/128")) {
      namespace.run("ip", "address", "add", address, "dev", "lo");
    }
    table = owned.own(namespace.call(SocketTable::open));
  }

  @AfterEach
  void close() throws IOException {
    owned.close();
  }

  private Socket connect(ServerSocket to, String from) throws IOException {
    InetAddress source = InetAddress.ofLiteral(from);
    return owned.own(
        namespace.call(() -> new Socket(to.getInetAddress(), to.getLocalPort(), source, 0)));
  }

  private ServerSocket listen(String on) throws IOException {
    return owned.own(namespace.call(() -> new ServerSocket(0, 50, InetAddress.ofLiteral(on))));
  }

  @Test
  void endsConnectionsFromAnAddressAndNoOthers() throws IOException {
    ServerSocket v4 = listen(KEPT);
    ServerSocket v6 = listen("::1");
    Socket gone = connect(v4, GONE); // Java's sockets are IPv6 sockets with a mapped address
    Socket gone6 = connect(v6, GONE_6);
    Socket kept = connect(v4, KEPT);

    int ended = table.abort(List.of(InetAddress.ofLiteral(GONE), InetAddress.ofLiteral(GONE_6)));

    assertThat(ended).isEqualTo(2);
    assertThatIOException().isThrownBy(() -> gone.getInputStream().read());
    assertThatIOException().isThrownBy(() -> gone6.getInputStream().read());
    kept.getOutputStream().write(1);
    owned.own(v4.accept());
    assertThat(owned.own(v4.accept()).getInputStream().read()).isEqualTo(1);
  }

  @Test
  void namesBothEndsOfWhatIsEstablished() throws IOException {
    ServerSocket v4 = listen(KEPT);
    Socket one = connect(v4, GONE);
    Socket six = connect(listen("::1"), GONE_6);

    assertThat(table.established())
        .contains(
            ends(one.getLocalSocketAddress(), one.getRemoteSocketAddress()),
            ends(one.getRemoteSocketAddress(), one.getLocalSocketAddress()),
            ends(six.getLocalSocketAddress(), six.getRemoteSocketAddress()))
        .hasSize(4);
  }

  private static SocketTable.Ends ends(SocketAddress local, SocketAddress remote) {
    return new SocketTable.Ends((InetSocketAddress) local, (InetSocketAddress) remote);
  }

  @Test
  void endsConnectedUdpAndLeavesListenersAlone() throws IOException {
    ServerSocket listener = listen(GONE);
    DatagramSocket udp =
        owned.own(namespace.call(() -> new DatagramSocket(0, InetAddress.ofLiteral(GONE))));
    udp.connect(new InetSocketAddress(InetAddress.ofLiteral(KEPT), 9));

    int ended = table.abort(List.of(InetAddress.ofLiteral(GONE)));

    assertThat(ended).isEqualTo(1);
    Socket client = connect(listener, KEPT);
    assertThat(client.isConnected()).isTrue();
  }

  @Test
  void endsNothingWhenNothingIsThere() throws IOException {
    assertThat(table.abort(List.of(InetAddress.ofLiteral(GONE)))).isZero();
  }
}
