package dev.teletun.protocol.count;

/**
 * One counter as it was read.
 *
 * @param name of its family, in the words of OpenMetrics: lower case and underscores
 * @param help the family's, one line
 * @param label what tells the counters of the family apart, such as {@code reason}; empty for one
 *     that stands alone
 * @param value of the label; empty without one
 */
public record Count(String name, String help, String label, String value, long count) {}
