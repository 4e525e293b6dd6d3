package dev.teletun.protocol.message;

import dev.teletun.protocol.address.Prefix;
import dev.teletun.protocol.control.AddressList;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** One typed message of version 2; the formats are in the package's description. */
public sealed interface ControlMessage {

  /**
   * The client wants the pod.
   *
   * @param instance one running client; the same over all its connections
   * @param token of the session it had, to go on with it
   * @param takeover end another client's session for this
   * @param who for the other client's user to read
   */
  record Attach(UUID instance, Optional<Token> token, boolean takeover, String who)
      implements ControlMessage {}

  /**
   * The client is the pod.
   *
   * @param resumed the session of the client's token goes on, and so do its associations
   */
  record Attached(Token token, boolean resumed) implements ControlMessage {}

  /** Another client is the pod. */
  record Busy(String holder, Instant since) implements ControlMessage {}

  /** Asks for a {@link Pong} with the same number. */
  record Ping(long id) implements ControlMessage {}

  /** Answers a {@link Ping}. */
  record Pong(long id) implements ControlMessage {}

  /** The server is about to end: dial again after a random part of {@code within}. */
  record Drain(Duration within) implements ControlMessage {}

  /** The pod was replaced: what steps 2 and 3 said is void. */
  record AddressesChanged(AddressList addresses, String resolvConf) implements ControlMessage {}

  /**
   * What the server knows of the cluster.
   *
   * @param tunMtu bytes; 0 if not known
   * @param podMtu bytes; 0 if not known
   * @param clusterDomain empty if not known
   */
  record Facts(int tunMtu, int podMtu, String clusterDomain, List<Prefix> prefixes)
      implements ControlMessage {}

  /** The session ends now. */
  record Bye(String why) implements ControlMessage {}
}
