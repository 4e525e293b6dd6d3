package dev.teletun.client.host.filter;

/**
 * Somebody else's rule that keeps out what is exposed.
 *
 * @param exposed the ports, as the option says them
 * @param by who
 * @param remedy a command that lets it in, or what to look at
 */
public record Obstacle(String exposed, String by, String remedy) {}
