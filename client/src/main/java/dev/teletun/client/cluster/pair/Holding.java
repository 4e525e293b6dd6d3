package dev.teletun.client.cluster.pair;

import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseSpec;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a Lease says of who holds a pair.
 *
 * @param since when that client took it
 * @param renewed when it last said that it still does, by its own clock
 * @param valid how long that counts
 */
public record Holding(Holder holder, Instant since, Instant renewed, Duration valid) {

  /** Empty if nobody holds it. */
  static Optional<Holding> of(Lease lease) {
    LeaseSpec spec = lease.getSpec();
    if (spec == null || spec.getHolderIdentity() == null || spec.getHolderIdentity().isEmpty()) {
      return Optional.empty();
    }
    Instant renewed = instant(spec.getRenewTime(), Instant.EPOCH);
    return Optional.of(
        new Holding(
            Holder.parse(spec.getHolderIdentity()),
            instant(spec.getAcquireTime(), renewed),
            renewed,
            Duration.ofSeconds(Objects.requireNonNullElse(spec.getLeaseDurationSeconds(), 0))));
  }

  private static Instant instant(@Nullable ZonedDateTime time, Instant otherwise) {
    return time == null ? otherwise : time.toInstant();
  }

  /** True if it has not been renewed in time, as far as that clock and ours agree. */
  boolean hasExpired(Instant now) {
    return now.isAfter(renewed.plus(valid));
  }

  /** For people. */
  @Override
  public String toString() {
    return "%s since %s, last heard of at %s"
        .formatted(
            holder, since.truncatedTo(ChronoUnit.SECONDS), renewed.truncatedTo(ChronoUnit.SECONDS));
  }
}
