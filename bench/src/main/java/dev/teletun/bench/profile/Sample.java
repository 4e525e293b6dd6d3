package dev.teletun.bench.profile;

import java.util.List;

/**
 * What one processor was at, at one moment.
 *
 * @param command the thread's name
 * @param process its process, 0 where the processor was idle
 * @param stack the innermost first
 */
record Sample(String command, long process, List<Frame> stack) {}
