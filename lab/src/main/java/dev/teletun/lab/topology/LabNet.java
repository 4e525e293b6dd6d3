package dev.teletun.lab.topology;

/**
 * Every address of the lab.
 *
 * <pre>
 *   laptop ── LAN ── router (NAT, two name servers) ── WAN ── node ── bridge cni0 ── pods
 * </pre>
 */
public final class LabNet {

  /** The laptop's network. */
  public static final DualStack LAN = new DualStack("192.168.50.0/24", "fd00:50::/64");

  /** Between router and node: the Internet, in a sense. */
  public static final DualStack WAN = new DualStack("172.30.0.0/24", "fd00:30::/64");

  /** Pod addresses. */
  public static final DualStack PODS = new DualStack("10.244.0.0/24", "fd00:10:244::/64");

  /** Service addresses, which exist only as rules on the node. */
  public static final DualStack SERVICES = new DualStack("10.96.0.0/16", "fd00:10:96::/112");

  /** The laptop. */
  public static final DualStack LAPTOP = new DualStack("192.168.50.10", "fd00:50::10");

  /** The router on the LAN; its first name server listens here. */
  public static final DualStack ROUTER_LAN = new DualStack("192.168.50.1", "fd00:50::1");

  /** The LAN's second name server, on the router too, which answers differently. */
  public static final DualStack SECOND_NAME_SERVER = new DualStack("192.168.50.2", "fd00:50::2");

  /** The router towards the node. */
  public static final DualStack ROUTER_WAN = new DualStack("172.30.0.1", "fd00:30::1");

  /** The network of {@link Lab#addSecondLan}. */
  public static final DualStack LAN2 = new DualStack("192.168.51.0/24", "fd00:51::/64");

  /** The laptop in the second LAN. */
  public static final DualStack LAPTOP_LAN2 = new DualStack("192.168.51.10", "fd00:51::10");

  /** The second LAN's gateway. */
  public static final DualStack ROUTER_LAN2 = new DualStack("192.168.51.1", "fd00:51::1");

  /** A host outside the cluster, {@link #OUTSIDE_NAME}; the router plays it. */
  public static final DualStack OUTSIDE = new DualStack("203.0.113.80", "2001:db8:203::80");

  /** The node. */
  public static final DualStack NODE = new DualStack("172.30.0.2", "fd00:30::2");

  /** The node on the bridge: the pods' gateway. */
  public static final DualStack GATEWAY = new DualStack("10.244.0.1", "fd00:10:244::1");

  /** Pod A, server-external. */
  public static final DualStack POD_EXTERNAL = new DualStack("10.244.0.2", "fd00:10:244::2");

  /** Pod B, server-cluster, whose address the laptop takes. */
  public static final DualStack POD_CLUSTER = new DualStack("10.244.0.3", "fd00:10:244::3");

  /** The cluster's DNS. */
  public static final DualStack POD_DNS = new DualStack("10.244.0.4", "fd00:10:244::4");

  /** A web server. */
  public static final DualStack POD_WEB = new DualStack("10.244.0.5", "fd00:10:244::5");

  /** The second web server behind the same service. */
  public static final DualStack POD_WEB2 = new DualStack("10.244.0.6", "fd00:10:244::6");

  /** Echo on {@link #ECHO_PORT} and iperf3. */
  public static final DualStack POD_ECHO = new DualStack("10.244.0.7", "fd00:10:244::7");

  /** Service of the cluster's DNS, UDP and TCP 53. */
  public static final DualStack DNS_SERVICE = new DualStack("10.96.0.10", "fd00:10:96::a");

  /** Service of both web servers, TCP 80. */
  public static final DualStack WEB_SERVICE = new DualStack("10.96.0.80", "fd00:10:96::80");

  /** Service of the echo pod: UDP and TCP {@link #ECHO_PORT}, {@link #IPERF_PORT}. */
  public static final DualStack ECHO_SERVICE = new DualStack("10.96.0.7", "fd00:10:96::7");

  /** Service of both web servers in another namespace, far from the others' addresses, TCP 80. */
  public static final DualStack FAR_SERVICE = new DualStack("10.96.200.80", "fd00:10:96::c880");

  /** Port of pod A, TCP and UDP. */
  public static final int EXTERNAL_PORT = 5555;

  /** Port of the node, TCP and UDP, that leads to pod A. */
  public static final int NODE_PORT = 30555;

  /** Port of the web servers. */
  public static final int WEB_PORT = 80;

  /** Port of the echo service, UDP and TCP (RFC 862). */
  public static final int ECHO_PORT = 7;

  /** Port of iperf3. */
  public static final int IPERF_PORT = 5201;

  /** Cluster domain. */
  public static final String CLUSTER_DOMAIN = "cluster.local";

  /** Name of {@link #WEB_SERVICE}; has A, AAAA, PTR, and SRV as {@code _http._tcp.} before it. */
  public static final String WEB_NAME = "web.default.svc.cluster.local";

  /** Name of {@link #ECHO_SERVICE}. */
  public static final String ECHO_NAME = "echo.default.svc.cluster.local";

  /** Name of {@link #FAR_SERVICE}. */
  public static final String FAR_NAME = "far.office.svc.cluster.local";

  /** Name with {@link #BIG_NAME_ADDRESSES} IPv4 addresses: too many for one UDP answer. */
  public static final String BIG_NAME = "big.default.svc.cluster.local";

  /** How many addresses {@link #BIG_NAME} has. */
  public static final int BIG_NAME_ADDRESSES = 200;

  /** Name of {@link #OUTSIDE}; the LAN's name servers know it, and the cluster's does by them. */
  public static final String OUTSIDE_NAME = "outside.example";

  /**
   * A name to which every name server has its own answer: {@link #SPLIT_FIRST} from the LAN's
   * first, {@link #SPLIT_SECOND} from its second, {@link #SPLIT_CLUSTER} from the cluster's.
   */
  public static final String SPLIT_NAME = "split.example";

  /** See {@link #SPLIT_NAME}. */
  public static final String SPLIT_FIRST = "203.0.113.1";

  /** See {@link #SPLIT_NAME}. */
  public static final String SPLIT_SECOND = "203.0.113.2";

  /** See {@link #SPLIT_NAME}. */
  public static final String SPLIT_CLUSTER = "203.0.113.3";

  /** The LAN's own domain, in the laptop's search path. */
  public static final String LAN_DOMAIN = "home.example";

  /** Host of {@link #LAN_DOMAIN}, {@code printer}. */
  public static final String PRINTER = "192.168.50.20";

  private LabNet() {}
}
