package dev.teletun.linux.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.teletun.linux.netlink.Kernel;
import dev.teletun.linux.netlink.MalformedMessageException;
import dev.teletun.linux.netlink.Message;
import dev.teletun.linux.netlink.MessageReader;
import dev.teletun.linux.netlink.Request;
import dev.teletun.protocol.address.Prefix;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import org.junit.jupiter.api.Test;

class RouteMessagesTest {
  private static final Route FULL =
      Route.through(7, Prefix.parse("10.96.0.0/12"))
          .via(InetAddress.ofLiteral("fd07::2"))
          .inTable(70_000)
          .withPriority(50)
          .from(InetAddress.ofLiteral("10.0.2.7"));

  private static final Rule RULE =
      Rule.lookup(true, 5200, 70_000)
          .to(Prefix.parse("fd96::/64"))
          .from(Prefix.parse("fd95::/64"))
          .marked(7)
          .not()
          .ignoringRoutesOf(0);

  @Test
  void readsTheRouteItWrote() throws Exception {
    assertThat(RouteCodec.read(Kernel.says(RouteCodec.add(FULL, 0)))).containsExactly(FULL);
  }

  @Test
  void readsTheRuleItWrote() throws Exception {
    assertThat(RuleCodec.read(Kernel.says(RuleCodec.add(RULE)))).contains(RULE);
  }

  @Test
  void readsMessagesCutAnywhereOrRefusesThem() throws Exception {
    InterfaceAddress address = new InterfaceAddress(7, InetAddress.ofLiteral("fd00::7"), 128);
    Request link =
        Request.of("RTM_NEWLINK", "", 16, 0).u8(0, 0, 0, 0).u32(7, 1, 1).attribute(3, "tel0");

    refusesSomeCuts(RouteCodec.add(FULL, 0), RouteCodec::read);
    refusesSomeCuts(severalHops(16), RouteCodec::read);
    refusesSomeCuts(RuleCodec.add(RULE), m -> RuleCodec.read(m).stream().toList());
    refusesSomeCuts(
        address.into(Request.of("RTM_NEWADDR", address, 20, 0)),
        m -> List.of(InterfaceAddress.of(m)));
    refusesSomeCuts(link, m -> List.of(Link.of(m)));
  }

  @Test
  void readsEveryNextHop() throws Exception {
    assertThat(RouteCodec.read(Kernel.says(severalHops(16))))
        .extracting(r -> r.gateway().orElseThrow().getHostAddress() + " dev " + r.interfaceIndex())
        .containsExactly("192.0.2.1 dev 1", "192.0.2.2 dev 2");
  }

  @Test
  void refusesANextHopThatReachesOutside() throws Exception {
    for (int claimed : new int[] {0, 7, 17, 0xFFFF}) {
      Message message = Kernel.says(severalHops(claimed));

      assertThatExceptionOfType(MalformedMessageException.class)
          .as("claims %d", claimed)
          .isThrownBy(() -> RouteCodec.read(message));
    }
  }

  @Test
  void refusesAPrefixLongerThanItsAddress() throws Exception {
    Message message = Kernel.says(RouteCodec.add(FULL, 0));
    message.body().put(1, (byte) 33);

    assertThatExceptionOfType(MalformedMessageException.class)
        .isThrownBy(() -> RouteCodec.read(message))
        .withMessageContaining("33 bits");
  }

  @Test
  void leavesOutPathMtuExceptionsAndMulticastRoutes() throws Exception {
    Message clone = Kernel.says(RouteCodec.add(FULL, 0));
    clone.body().putInt(8, 0x200);
    Message multicast = Kernel.says(RouteCodec.add(FULL, 0));
    multicast.body().put(0, (byte) 128);

    assertThat(RouteCodec.read(clone)).isEmpty();
    assertThat(RouteCodec.read(multicast)).isEmpty();
  }

  private static <T> void refusesSomeCuts(Request request, MessageReader<T> reader)
      throws Exception {
    Message whole = Kernel.says(request);

    // Whole attributes may be missing without anybody noticing; half ones may not.
    assertThat(Kernel.refusals(whole, reader)).isBetween(4, whole.body().limit() - 1);
  }

  /** A route with two next hops, the second of which claims {@code claimed} bytes; it has 16. */
  private static Request severalHops(int claimed) {
    ByteBuffer hops = ByteBuffer.allocate(32).order(ByteOrder.nativeOrder());
    for (int i = 1; i <= 2; i++) {
      hops.putShort((short) (i == 2 ? claimed : 16)).putShort((short) 0).putInt(i);
      hops.putShort((short) 8).putShort((short) 5);
      hops.put(new byte[] {(byte) 192, 0, 2, (byte) i});
    }
    return Request.of("RTM_NEWROUTE", "", 24, 0)
        .u8(2, 0, 0, 0, 254, 4, 0, 1)
        .u32(0)
        .attribute(9, hops.array());
  }
}
