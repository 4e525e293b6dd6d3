package dev.teletun.dtls.association;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What an association has done so far, in records.
 *
 * @param sealed made by us, alerts included
 * @param opened packets taken from the peer
 * @param replayed dropped: seen before, or too old to know
 * @param forged dropped: not made with the peer's key, or for another association
 * @param malformed dropped: cut, too short, too long, or of another version or form
 * @param otherEpoch dropped: of a handshake that is over, or of no epoch we have
 * @param ignored dropped: authentic, but neither a packet nor anything else we expect
 * @param flightsRepeated times that our last flight went out again
 */
public record AssociationCounters(
    long sealed,
    long opened,
    long replayed,
    long forged,
    long malformed,
    long otherEpoch,
    long ignored,
    long flightsRepeated) {

  /** By name, as the programs show them. */
  public Map<String, Long> byName() {
    Map<String, Long> counts = new LinkedHashMap<>();
    counts.put("sealed", sealed);
    counts.put("opened", opened);
    counts.put("replayed", replayed);
    counts.put("forged", forged);
    counts.put("malformed", malformed);
    counts.put("other_epoch", otherEpoch);
    counts.put("ignored", ignored);
    counts.put("flights_repeated", flightsRepeated);
    return counts;
  }
}
