package dev.teletun.linux.tun;

import dev.teletun.linux.libc.Fd;
import dev.teletun.linux.libc.Libc;
import dev.teletun.linux.libc.NativeMemory;
import dev.teletun.linux.libc.SyscallException;
import dev.teletun.protocol.frame.VirtioNetHeader;
import dev.teletun.protocol.lifecycle.CloseStack;
import java.io.Closeable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/**
 * A TUN device of our own or handed over to us, non-blocking, each packet behind a {@link
 * VirtioNetHeader}, that takes superpackets and hands superpackets out where the kernel can ({@code
 * include/uapi/linux/if_tun.h}).
 *
 * <p>It lives in the network namespace of the thread that opened it. The kernel removes it, and
 * every route through it, when the last descriptor of it is closed, also by the death of a process.
 */
public final class Tun implements Closeable {
  private static final String CLONE_DEVICE = "/dev/net/tun";
  private static final int O_RDWR_NONBLOCK_CLOEXEC = 2 | 0x800 | 0x80000;

  private static final long TUNSETIFF = 0x400454caL;
  private static final long TUNSETOFFLOAD = 0x400454d0L;
  private static final long TUNGETIFF = 0x800454d2L;
  private static final long TUNGETVNETHDRSZ = 0x800454d7L;
  private static final long TUNSETVNETHDRSZ = 0x400454d8L;

  private static final short IFF_TUN = 0x0001;
  private static final short IFF_NO_PI = 0x1000;
  private static final short IFF_VNET_HDR = 0x4000;

  /** Do not attach to a device that somebody left persistent. */
  private static final short IFF_TUN_EXCL = (short) 0x8000;

  private static final short KIND = IFF_TUN | IFF_NO_PI | IFF_VNET_HDR;

  private static final int IFREQ_BYTES = 40;
  private static final int IFREQ_FLAGS = 16;
  private static final int LONGEST_NAME = 15;

  private static final int F_CSUM = 0x01;
  private static final int F_TSO = 0x02 | 0x04;
  private static final int F_TSO_ECN = 0x08;
  private static final int F_USO = 0x20 | 0x40; // Linux 6.2

  /** Best first; the last one always works. */
  private static final int[] OFFLOADS = {
    F_CSUM | F_TSO | F_TSO_ECN | F_USO, F_CSUM | F_TSO | F_TSO_ECN, F_CSUM | F_TSO, F_CSUM, 0
  };

  private final String name;
  private final int interfaceIndex;
  private final int offload;
  private final Fd fd;

  private Tun(String name, int interfaceIndex, int offload, Fd fd) {
    this.name = name;
    this.interfaceIndex = interfaceIndex;
    this.offload = offload;
    this.fd = fd;
  }

  /**
   * Makes a device; needs CAP_NET_ADMIN. It is down and has no address.
   *
   * @param namePattern at most 15 ASCII characters; the kernel numbers a {@code %d} in it
   * @throws SyscallException if the kernel refuses; its message names the call and the remedy
   */
  public static Tun open(String namePattern) throws IOException {
    if (namePattern.isEmpty() || namePattern.length() > LONGEST_NAME) {
      throw new IllegalArgumentException(
          "interface name \"%s\" must have 1 to %d characters"
              .formatted(namePattern, LONGEST_NAME));
    }
    try (CloseStack onFailure = new CloseStack()) {
      Fd fd =
          onFailure.own(
              Fd.checked(
                  Libc.open(CLONE_DEVICE, O_RDWR_NONBLOCK_CLOEXEC, 0),
                  "open(%s)".formatted(CLONE_DEVICE)));
      String name = attach(fd, namePattern);
      setHeaderSize(fd);
      int offload = offerOffload(fd);
      int index = Libc.if_nametoindex(name);
      if (index == 0) {
        throw new SyscallException("if_nametoindex(%s)".formatted(name), Libc.errno());
      }
      onFailure.handOver();
      return new Tun(name, index, offload, fd);
    }
  }

  /**
   * Takes ownership of a device that another process opened by {@link #open} and handed over. It
   * may be in another network namespace.
   *
   * @throws IOException if the descriptor is none of such a device
   */
  public static Tun handedOver(Fd descriptor) throws IOException {
    try (CloseStack onFailure = new CloseStack();
        NativeMemory ifreq = NativeMemory.allocate(IFREQ_BYTES);
        NativeMemory headerBytes = NativeMemory.ofInt(0)) {
      Fd fd = onFailure.own(descriptor);
      ioctl(fd, TUNGETIFF, ifreq.address(), "TUNGETIFF, what was handed over");
      ioctl(fd, TUNGETVNETHDRSZ, headerBytes.address(), "TUNGETVNETHDRSZ");
      short flags = ifreq.buffer().getShort(IFREQ_FLAGS);
      int size = headerBytes.buffer().getInt(0);
      if ((flags & KIND) != KIND || size != VirtioNetHeader.BYTES) {
        throw new IOException(
            "the device that was handed over has flags 0x%x and headers of %d bytes, not those of ours: run the same version of both programs"
                .formatted(flags & 0xffff, size));
      }
      Tun tun = new Tun(name(ifreq), 0, offerOffload(fd), fd);
      onFailure.handOver();
      return tun;
    }
  }

  private static String attach(Fd fd, String namePattern) throws SyscallException {
    try (NativeMemory ifreq = NativeMemory.allocate(IFREQ_BYTES)) {
      byte[] name = namePattern.getBytes(StandardCharsets.US_ASCII);
      ifreq.buffer().put(0, name);
      ifreq.buffer().putShort(IFREQ_FLAGS, (short) (KIND | IFF_TUN_EXCL));
      ioctl(fd, TUNSETIFF, ifreq.address(), "TUNSETIFF, " + namePattern);
      return name(ifreq);
    }
  }

  private static String name(NativeMemory ifreq) {
    byte[] given = new byte[LONGEST_NAME];
    ifreq.buffer().get(0, given);
    String padded = new String(given, StandardCharsets.US_ASCII);
    return padded.substring(0, (padded + '\0').indexOf('\0'));
  }

  private static void setHeaderSize(Fd fd) throws SyscallException {
    try (NativeMemory size = NativeMemory.ofInt(VirtioNetHeader.BYTES)) {
      ioctl(fd, TUNSETVNETHDRSZ, size.address(), "TUNSETVNETHDRSZ, " + VirtioNetHeader.BYTES);
    }
  }

  /** Says what kinds of superpackets we can take; returns what this kernel knew of. */
  private static int offerOffload(Fd fd) {
    for (int offload : OFFLOADS) {
      if (Libc.ioctl(fd.number(), TUNSETOFFLOAD, offload) == 0) {
        return offload;
      }
    }
    return 0;
  }

  private static void ioctl(Fd fd, long request, long argument, String shown)
      throws SyscallException {
    SyscallException.check(
        Libc.ioctl(fd.number(), request, argument), "ioctl(%s)".formatted(shown));
  }

  /** The name the device got; a user may rename it, {@link #interfaceIndex} stays. */
  public String name() {
    return name;
  }

  /** The descriptor: one packet per read or write. */
  public Fd fd() {
    return fd;
  }

  /** Number of the interface in its network namespace; 0 of one that was handed over. */
  public int interfaceIndex() {
    return interfaceIndex;
  }

  /** True if UDP superpackets come out and may be written (GSO_UDP_L4). */
  public boolean takesUdpSegments() {
    return (offload & F_USO) == F_USO;
  }

  /** True if TCP superpackets come out; where not, every packet that comes out is plain. */
  public boolean takesTcpSegments() {
    return (offload & F_TSO) == F_TSO;
  }

  /** Removes the device. */
  @Override
  public void close() {
    fd.close();
  }
}
