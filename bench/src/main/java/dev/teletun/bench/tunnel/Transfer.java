package dev.teletun.bench.tunnel;

import java.io.IOException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What iperf3 said of a transfer over TCP: what arrived. */
public record Transfer(long bytes, double bitsPerSecond) {
  private static final Pattern RECEIVED =
      Pattern.compile(
          "\"sum_received\":\\s*\\{[^}]*\"bytes\":\\s*(\\d+)[^}]*\"bits_per_second\":\\s*([0-9.eE+]+)");

  /** Reads its JSON. */
  static Transfer parse(String json) throws IOException {
    Matcher received = RECEIVED.matcher(json);
    if (!received.find()) {
      throw new IOException("iperf3 measured nothing: " + json.strip());
    }
    return new Transfer(Long.parseLong(received.group(1)), Double.parseDouble(received.group(2)));
  }

  /** 10^9 bits a second. */
  public double gigabits() {
    return bitsPerSecond / 1e9;
  }
}
