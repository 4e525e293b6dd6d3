package dev.teletun.lab.demo;

import java.util.List;

/**
 * How the demonstration runs.
 *
 * @param programCommand the command line that starts TeleTUN, to which a subcommand is appended
 * @param shell whether the user stays in a shell on the laptop
 * @param ascii whether to draw with ASCII alone
 */
public record DemoOptions(List<String> programCommand, boolean shell, boolean ascii) {}
