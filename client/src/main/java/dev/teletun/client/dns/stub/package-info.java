/**
 * The stub: gives each name to who knows it. It knows neither how queries reach it nor the tunnel.
 *
 * <p>What goes where, decided by the question alone:
 *
 * <ul>
 *   <li>Names of the cluster, and reverse names of the given prefixes: to the cluster's servers.
 *       Names of the cluster are those under {@code cluster.local}; of another cluster domain only
 *       those under {@code svc}, {@code pod} and {@code dns-version} in it, and none if it is a
 *       single label or a registry's ({@code co.uk}), or if this host needs a name there. So no
 *       server can claim somebody's domain. The cluster domain is what follows {@code svc.} in the
 *       three search domains that a kubelet writes; without them there is none.
 *   <li>Single labels, and names with fewer dots than ndots whose last label is {@code svc} or a
 *       known namespace (never one that is called like a top-level domain): tried along the pod's
 *       search path, all candidates at once. The first in search order that has an answer wins,
 *       else the first that exists without one (an AAAA question for an IPv4 service); it is
 *       answered with a CNAME to the full name. If none exists within two seconds the query goes
 *       where it was going. This is for the types that applications ask (A, AAAA, CNAME, MX, TXT,
 *       SRV, SVCB, HTTPS, ANY), class IN, opcode QUERY: {@code NS com}, {@code DS org} and the like
 *       come from resolvers that walk the tree from the root and mean a top-level domain, so they
 *       are relayed. {@code localhost} is relayed, and {@code wpad} and {@code isatap}, in any
 *       domain: programs obey whoever answers these.
 *   <li>Everything else, and everything that is not a plain question: to the name server it was
 *       sent to, untouched but for the id.
 * </ul>
 *
 * <p>The answer of a zone transfer is relayed until the server closes.
 */
@NullMarked
package dev.teletun.client.dns.stub;

import org.jspecify.annotations.NullMarked;
