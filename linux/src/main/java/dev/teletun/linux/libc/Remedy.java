package dev.teletun.linux.libc;

/** What a user can do about a refused system call. */
final class Remedy {
  private static final String TUN_DRIVER =
      "Load the driver with \"modprobe tun\"; a container needs the device /dev/net/tun handed in"
          + " by its runtime (device plugin, hostPath of type CharDevice, or mknod c 10 200)";
  private static final String TUN_DEVICE_RULE =
      "The container runtime's device rule forbids character device 10:200: hand the device in by"
          + " a device plugin, or by a hostPath with runc before 1.2.0 or from 1.2.4 on";
  private static final String NET_ADMIN =
      "Run as root, or give the process CAP_NET_ADMIN (in a pod:"
          + " securityContext.capabilities.add: [NET_ADMIN])";

  private Remedy() {}

  /** A sentence without the full stop, or "" if errno says it all. */
  static String of(String call, int errno) {
    String name = call.substring(0, Math.max(0, call.indexOf('(')));
    return switch (name) {
      case "open" -> call.startsWith("open(/dev/net/tun") ? ofTun(errno) : ofAnyCall(errno);
      case "ioctl" -> ofIoctl(errno);
      case "bind" -> ofBind(errno);
      case "connect" -> ofConnect(errno);
      case "setns", "unshare", "nft" ->
          errno == Errno.EPERM ? "Run as root or in a user namespace" : ofAnyCall(errno);
      default -> ofAnyCall(errno);
    };
  }

  private static String ofTun(int errno) {
    return switch (errno) {
      case Errno.ENOENT, Errno.ENODEV, Errno.ENXIO -> TUN_DRIVER;
      case Errno.EPERM -> TUN_DEVICE_RULE;
      case Errno.EACCES -> "Run as root, or let this user read and write /dev/net/tun";
      default -> ofAnyCall(errno);
    };
  }

  private static String ofIoctl(int errno) {
    return switch (errno) {
      case Errno.EPERM -> NET_ADMIN;
      case Errno.EBUSY ->
          "An interface of that name exists: choose another name, or see who holds it with"
              + " \"lsof /dev/net/tun\" and \"ip -d link\"";
      default -> ofAnyCall(errno);
    };
  }

  private static String ofBind(int errno) {
    return switch (errno) {
      case Errno.EADDRINUSE ->
          "Another program has it: find that with \"ss -lpnx\" (sockets in the file system) or \"ss"
              + " -lpnu\" (UDP), or choose another";
      case Errno.EADDRNOTAVAIL -> "This host has no such address: see \"ip address\"";
      case Errno.EACCES ->
          "Ports below 1024 need CAP_NET_BIND_SERVICE; a socket file needs write permission for"
              + " its directory";
      case Errno.ENOENT, Errno.ENOTDIR -> "Create the directory first";
      default -> ofAnyCall(errno);
    };
  }

  private static String ofConnect(int errno) {
    return switch (errno) {
      case Errno.ENOENT -> "No such socket file: is the other program running, with this path?";
      case Errno.ECONNREFUSED -> "Nobody listens there: is the other program running?";
      case Errno.EACCES ->
          "The socket file and its directory must be open to this user or its group";
      case Errno.ENETUNREACH, Errno.EHOSTUNREACH ->
          "There is no route to it: see \"ip route get\" with this address";
      default -> ofAnyCall(errno);
    };
  }

  private static String ofAnyCall(int errno) {
    return switch (errno) {
      case Errno.EPERM -> NET_ADMIN;
      case Errno.EMFILE -> "Raise the limit of open files: ulimit -n";
      case Errno.ENOMEM, Errno.ENOBUFS -> "The kernel is short of memory: see \"free\"";
      default -> "";
    };
  }
}
