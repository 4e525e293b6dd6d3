package dev.teletun.client.host.filter;

/**
 * Somebody else's rule that keeps out what is exposed, or what shares the tunnel.
 *
 * @param subject the ports or interfaces, as the option says them
 * @param by who
 * @param remedy a command that lets it in, or what to look at
 */
public record Obstacle(String subject, String by, String remedy) {}
