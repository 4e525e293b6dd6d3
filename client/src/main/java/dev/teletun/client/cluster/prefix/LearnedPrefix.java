package dev.teletun.client.cluster.prefix;

import dev.teletun.protocol.address.Prefix;
import java.time.Instant;

/**
 * A prefix of the cluster.
 *
 * @param source who says so, for people
 * @param since when it was learned
 */
public record LearnedPrefix(Prefix prefix, String source, Confidence confidence, Instant since) {}
