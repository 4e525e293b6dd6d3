package dev.teletun.bench.attack;

/** What goes on while something is transferred. */
enum Under {
  NOTHING("no attack"),
  /** As at the server, but pod A's kernel drops it: what making and carrying it costs here. */
  DROPPED_BEFORE_THE_SERVER("dropped before the server"),
  AT_THE_SERVER("at the server"),
  /** As at the client, but the laptop's kernel drops it. */
  DROPPED_BEFORE_THE_CLIENT("dropped before the client"),
  AT_THE_CLIENT("at the client");

  final String words;

  Under(String words) {
    this.words = words;
  }
}
