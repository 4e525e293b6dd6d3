/**
 * A place on this machine where a lab may be built without anybody noticing: an own mount namespace
 * and, for ordinary users, a user namespace.
 *
 * <p>{@code teletun lab} needs nothing from its launcher: outside of a sandbox it starts itself
 * again inside of one. A launcher that wants to save that JVM start runs, as root,
 *
 * <pre>
 *   TELETUN_LAB_OUTSIDE=$(readlink /proc/self/ns/mnt) \
 *     exec unshare --mount --propagation=private java … dev.teletun.cli.Main lab
 * </pre>
 *
 * <p>and as anybody else the same with {@code --user --map-root-user} before {@code --mount}, and
 * only if {@code unshare --user --map-root-user --mount true} works: otherwise it starts the
 * program plainly, which then explains.
 *
 * <p>Network namespaces are not made here: each host of the lab has its own, and the sandbox keeps
 * the machine's, so that root can install packages from inside.
 */
@NullMarked
package dev.teletun.lab.sandbox;

import org.jspecify.annotations.NullMarked;
