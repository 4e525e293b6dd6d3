package dev.teletun.tunnel.association;

import dev.teletun.dtls.association.Association;
import java.time.Duration;

/**
 * How long one association may be used: its keys protect few enough records, and an hour's traffic
 * at most is lost with them.
 *
 * @param records in one direction
 * @param age from the end of the handshake on
 */
public record Lifetime(long records, Duration age) {
  /** What both ends keep to. */
  public static final Lifetime STANDARD = new Lifetime(1L << 28, Duration.ofHours(1));

  /** True once the association must carry nothing more. */
  boolean isOver(Association association, long ageNanos) {
    return isUsedUp(association) || ageNanos >= age.toNanos();
  }

  /** The part of {@link #isOver} that costs nothing for each packet. */
  boolean isUsedUp(Association association) {
    return association.records() >= records;
  }

  /** True once it is time for a new one, a quarter before the end. */
  boolean isRenewalDue(Association association, long ageNanos) {
    return association.records() >= records - records / 4
        || ageNanos >= age.minus(age.dividedBy(4)).toNanos();
  }
}
