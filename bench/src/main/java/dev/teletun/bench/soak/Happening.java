package dev.teletun.bench.soak;

import dev.teletun.bench.field.Field;
import dev.teletun.bench.field.Outside;
import dev.teletun.bench.field.Part;
import dev.teletun.bench.field.Pause;
import java.io.IOException;
import java.time.Duration;
import java.util.List;

/**
 * Something that happens to a connected laptop and is over when {@link #run} returns.
 *
 * @param name what it is called in the result
 * @param isKill true if a program ends by it
 */
record Happening(String name, boolean isKill, Deed deed) {

  /** What is done. */
  interface Deed {
    void run(Field field, Outside outside) throws IOException;
  }

  /** All, in the order in which they come round: a flap, a kill and a move by turns. */
  static final List<Happening> ALL =
      List.of(
          flap(1),
          kill(Part.SERVER_EXTERNAL),
          new Happening("another address", false, (_, outside) -> outside.otherAddress()),
          flap(3),
          kill(Part.SERVER_CLUSTER),
          new Happening("NAT forgets", false, (_, outside) -> outside.rebindNat()),
          flap(10),
          kill(Part.CLIENT),
          new Happening(
              "old address and port",
              false,
              (_, outside) -> {
                outside.ownAddress();
                outside.usualNat();
              }));

  private static Happening flap(int seconds) {
    return new Happening(
        "link away for %d s".formatted(seconds),
        false,
        (_, outside) -> {
          outside.linkDown();
          Pause.of(Duration.ofSeconds(seconds));
          outside.linkUp();
        });
  }

  private static Happening kill(Part part) {
    return new Happening(
        "%s killed".formatted(part),
        true,
        (field, _) -> {
          field.program(part).kill();
          field.start(part);
        });
  }

  void run(Field field, Outside outside) throws IOException {
    deed.run(field, outside);
  }
}
