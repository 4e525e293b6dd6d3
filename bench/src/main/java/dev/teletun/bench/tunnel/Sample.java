package dev.teletun.bench.tunnel;

/**
 * One tunnel in one round.
 *
 * @param up Gbit/s that iperf3 received, from the laptop
 * @param down Gbit/s towards the laptop
 * @param upCost CPU seconds, user and system, of all tunnel processes per GB (10^9 bytes)
 * @param downCost the same towards the laptop
 * @param rttMedian microseconds, idle
 * @param rttTail microseconds, 99th percentile
 */
public record Sample(
    double up, double down, double upCost, double downCost, double rttMedian, double rttTail) {}
