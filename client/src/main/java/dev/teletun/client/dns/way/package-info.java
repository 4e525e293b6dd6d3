/**
 * Ways that bring the host's queries to the stub, each undone by the kernel or a daemon when the
 * client dies.
 *
 * <p>Intercepting: an nftables table redirects what the host sends to its name servers. Queries to
 * a name server that is itself one of the cluster's are not redirected: it knows both kinds of
 * names.
 *
 * <p>Link DNS: systemd-resolved asks a port of the stub on the tunnel's address for names below the
 * cluster's domains.
 *
 * <p>Which one is chosen from facts: who is named in resolv.conf and nsswitch.conf, and answers.
 */
@NullMarked
package dev.teletun.client.dns.way;

import org.jspecify.annotations.NullMarked;
