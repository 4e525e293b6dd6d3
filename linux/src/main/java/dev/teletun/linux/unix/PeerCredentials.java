package dev.teletun.linux.unix;

/**
 * Who the other process was when it connected or began to listen (SO_PEERCRED, unix(7)), as seen
 * from our user namespace.
 *
 * @param pid 0 if it is in another PID namespace
 */
public record PeerCredentials(int pid, int uid, int gid) {}
