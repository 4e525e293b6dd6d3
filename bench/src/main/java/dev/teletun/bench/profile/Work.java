package dev.teletun.bench.profile;

import java.util.List;
import java.util.regex.Pattern;

/** What a processor was at, by the functions on its stack. */
enum Work {
  CIPHER("cipher"),
  OFFLOAD("split, merge, checksums"),
  OWN("filter, records, queues"),
  RUNTIME("runtime: collector, compiler"),
  OTHER_USER("libraries and other"),
  STACK("network stack, both ends of TCP"),
  TUN_READ("read from TUN"),
  TUN_WRITE("write to TUN"),
  UDP_SEND("send UDP"),
  UDP_RECEIVE("receive UDP"),
  UNIX("AF_UNIX"),
  WAIT("wait and wake"),
  OTHER_KERNEL("kernel, other");

  private record Rule(Pattern function, Work work) {
    static Rule of(String function, Work work) {
      return new Rule(Pattern.compile(function), work);
    }
  }

  private static final String KERNEL = "[kernel.kallsyms]";

  /** By the innermost function, the first that fits. */
  private static final List<Rule> USER =
      List.of(
          Rule.of("StubRoutines|com\\.sun\\.crypto|javax\\.crypto|dtls\\.record\\.GcmKey", CIPHER),
          Rule.of("poly1305|[cC]ha[cC]ha", CIPHER),
          Rule.of("protocol\\.offload|protocol\\.packet\\.Checksum", OFFLOAD),
          Rule.of("wireguard/tun\\.|wireguard/conn\\.", OFFLOAD),
          Rule.of("dev\\.teletun|wireguard/", OWN),
          Rule.of("libjvm|^runtime\\.|gcWriteBarrier", RUNTIME));

  /** By any function, the first rule that fits one. */
  private static final List<Rule> SYSTEM =
      List.of(
          Rule.of("^(handle_softirqs|__do_softirq|net_rx_action)", STACK),
          Rule.of("^tun_(chr_read|do_read)", TUN_READ),
          Rule.of("^tun_(chr_write|get_user)", TUN_WRITE),
          Rule.of("^udpv?6?_sendmsg", UDP_SEND),
          Rule.of("^udpv?6?_recvmsg", UDP_RECEIVE),
          Rule.of("^unix_stream", UNIX),
          Rule.of("^tcp_(sendmsg|recvmsg)", STACK),
          Rule.of("epoll|futex|^schedule|nanosleep", WAIT));

  private final String words;

  Work(String words) {
    this.words = words;
  }

  /**
   * Of one sample.
   *
   * @param stack functions, the innermost first
   */
  static Work of(List<Frame> stack) {
    Frame inner = stack.getFirst();
    if (!inner.object().equals(KERNEL)) {
      return USER.stream()
          .filter(rule -> rule.function().matcher(inner.named()).find())
          .map(Rule::work)
          .findFirst()
          .orElse(OTHER_USER);
    }
    return SYSTEM.stream()
        .filter(rule -> stack.stream().anyMatch(f -> rule.function().matcher(f.function()).find()))
        .map(Rule::work)
        .findFirst()
        .orElse(OTHER_KERNEL);
  }

  @Override
  public String toString() {
    return words;
  }
}
