package dev.teletun.bench.tunnel;

import dev.teletun.lab.topology.Host;
import dev.teletun.lab.topology.RunningProgram;
import java.util.Map;

/**
 * A tunnel that is up, or its absence.
 *
 * @param name what the table calls it
 * @param laptop from where it is measured
 * @param address of iperf3's server, seen through the tunnel
 * @param port of iperf3's server
 * @param programs the processes that carry packets, by what the table calls them
 */
public record Tunnel(
    String name, Host laptop, String address, int port, Map<String, RunningProgram> programs) {}
