/**
 * Names, while connected: an nftables table redirects the host's queries to a stub that gives each
 * name to who knows it. Only this package knows dnsjava; it knows no tunnel.
 *
 * <p>What goes where, decided by the question alone:
 *
 * <ul>
 *   <li>Names under the cluster domain, and reverse names of the given prefixes: to the cluster's
 *       servers. If the cluster domain is a single label, only {@code svc}, {@code pod} and {@code
 *       dns-version} under it, so that no server can claim a top-level domain.
 *   <li>Single labels, and names with fewer dots than ndots whose last label is {@code svc} or a
 *       known namespace: tried along the pod's search path, all candidates at once. The first in
 *       search order that has an answer wins, else the first that exists without one (an AAAA
 *       question for an IPv4 service); it is answered with a CNAME to the full name. If none exists
 *       within two seconds the query goes where it was going. This is for the types that
 *       applications ask (A, AAAA, CNAME, MX, TXT, SRV, SVCB, HTTPS, ANY), class IN, opcode QUERY:
 *       {@code NS com}, {@code DS org} and the like come from resolvers that walk the tree from the
 *       root and mean a top-level domain, so they are relayed. {@code localhost} is relayed.
 *   <li>Everything else, and everything that is not a plain question: to the name server it was
 *       sent to, untouched but for the id.
 * </ul>
 *
 * <p>The answer of a zone transfer is relayed until the server closes. Queries to a name server
 * that is itself one of the cluster's are not redirected: it knows both kinds of names.
 */
@NullMarked
package dev.teletun.client.dns;

import org.jspecify.annotations.NullMarked;
