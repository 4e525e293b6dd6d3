package dev.teletun.protocol.unix;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.teletun.protocol.control.AddressList;
import dev.teletun.protocol.control.ControlException;
import dev.teletun.protocol.control.NulTerminated;
import dev.teletun.protocol.control.ResolvConf;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What server-cluster sends first on each AF_UNIX connection, before the frames:
 *
 * <pre>
 *   8 bytes  "TELETUN" and NUL
 *   1 byte   version, 3
 *   3 bytes  0
 *   text     addresses, as {@link AddressList} writes them, then NUL
 *   text     contents of the pod's resolv.conf, then NUL
 *   text     {@link PodFacts}, then NUL
 * </pre>
 *
 * If the facts say so, the descriptor of the TUN device is beside the first byte (SCM_RIGHTS), and
 * no frames follow: server-external reads and writes the device itself, for as long as the
 * connection stays, and closes it then. The first two texts are those of the control protocol;
 * resolv.conf is passed on as it is, and judged by the client alone. The addresses may hold no
 * IPv4: clients of version 1 are refused then.
 */
public final class Greeting {
  private static final byte VERSION = 3;
  private static final byte[] PREAMBLE = "TELETUN\0\3\0\0\0".getBytes(US_ASCII);
  private static final int VERSION_AT = 8;

  private final AddressList addresses;
  private final String resolvConf;
  private final PodFacts facts;

  private Greeting(AddressList addresses, String resolvConf, PodFacts facts) {
    this.addresses = addresses;
    this.resolvConf = resolvConf;
    this.facts = facts;
  }

  /**
   * The bytes to send.
   *
   * @param resolvConf contents of the file, read with {@link NulTerminated#CHARSET}
   * @throws ControlException if the file holds a NUL or is longer than a receiver accepts
   */
  public static byte[] encode(AddressList addresses, String resolvConf, PodFacts facts)
      throws ControlException {
    if (resolvConf.length() > ResolvConf.LIMIT_BYTES) {
      throw new ControlException(
          "the pod's resolv.conf has %d bytes, at most %d can be sent: make it shorter"
              .formatted(resolvConf.length(), ResolvConf.LIMIT_BYTES));
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.writeBytes(PREAMBLE);
    bytes.writeBytes(NulTerminated.encode(addresses.format()));
    bytes.writeBytes(NulTerminated.encode(resolvConf));
    bytes.writeBytes(NulTerminated.encode(facts.format()));
    return bytes.toByteArray();
  }

  /** The pod's addresses. */
  public AddressList addresses() {
    return addresses;
  }

  /** The pod's resolv.conf as it was sent. */
  public String resolvConf() {
    return resolvConf;
  }

  /** What else the pod's kernel says. */
  public PodFacts facts() {
    return facts;
  }

  /** Reads a greeting from bytes that come in pieces. Keeps no more than the longest greeting. */
  public static final class Decoder {
    private final ByteArrayOutputStream text = new ByteArrayOutputStream();
    private int preambleBytes;
    private @Nullable AddressList addresses;
    private @Nullable String resolvConf;

    /**
     * Takes bytes up to the end of the greeting and leaves what follows in {@code bytes}.
     *
     * @return the greeting once it is complete; then the decoder is done
     * @throws ControlException if this is no greeting that this version understands
     */
    public Optional<Greeting> offer(ByteBuffer bytes) throws ControlException {
      while (bytes.hasRemaining()) {
        byte next = bytes.get();
        if (preambleBytes < PREAMBLE.length) {
          requirePreamble(next);
        } else if (next != 0) {
          keep(next);
        } else if (addresses == null) {
          addresses = AddressList.parse(takeText(), AddressList.Ipv4.OPTIONAL);
        } else if (resolvConf == null) {
          resolvConf = takeText();
        } else {
          PodFacts facts = PodFacts.parse(takeText());
          return Optional.of(new Greeting(addresses, resolvConf, facts));
        }
      }
      return Optional.empty();
    }

    private void requirePreamble(byte next) throws ControlException {
      if (preambleBytes == VERSION_AT && next != VERSION) {
        throw new ControlException(
            "the other half of the pair speaks version %d of the AF_UNIX protocol, this one %d: run the same version of both programs"
                .formatted(next & 0xff, VERSION));
      }
      if (next != PREAMBLE[preambleBytes]) {
        throw new ControlException(
            "what answers on the AF_UNIX socket is not server-cluster: byte %d of its greeting is %d; check -sockfile"
                .formatted(preambleBytes, next & 0xff));
      }
      preambleBytes++;
    }

    private void keep(byte next) throws ControlException {
      if (addresses == null) {
        bound(AddressList.LIMIT_BYTES, "addresses");
      } else if (resolvConf == null) {
        bound(ResolvConf.LIMIT_BYTES, "resolv.conf");
      } else {
        bound(PodFacts.LIMIT_BYTES, "facts");
      }
      text.write(next);
    }

    private void bound(int limit, String what) throws ControlException {
      if (text.size() == limit) {
        throw NulTerminated.tooLong(limit, what);
      }
    }

    private String takeText() {
      String taken = text.toString(NulTerminated.CHARSET);
      text.reset();
      return taken;
    }
  }

  @Override
  public String toString() {
    return "Greeting[%s, %d characters of resolv.conf]".formatted(addresses, resolvConf.length());
  }
}
