package dev.teletun.lab.topology;

/**
 * What a test may want different.
 *
 * @param lanMtu bytes, of the links laptop–router and router–node
 * @param podMtu bytes, of the bridge and of every pod's eth0
 * @param services whether name servers, web servers, echo and iperf3 are started
 * @param bridgeFilter whether to use br_netfilter where the kernel has it loaded, see {@link
 *     Lab#seenByServices}
 */
public record LabOptions(int lanMtu, int podMtu, boolean services, boolean bridgeFilter) {

  /** 1500 outside, 1450 for pods as with VXLAN, all services. */
  public static final LabOptions DEFAULT = new LabOptions(1500, 1450, true, true);

  /** The same with another MTU on the links laptop–router and router–node. */
  public LabOptions withLanMtu(int bytes) {
    return new LabOptions(bytes, podMtu, services, bridgeFilter);
  }

  /** The same with another MTU for bridge and pods. */
  public LabOptions withPodMtu(int bytes) {
    return new LabOptions(lanMtu, bytes, services, bridgeFilter);
  }

  /** The same without any program in the hosts. */
  public LabOptions withoutServices() {
    return new LabOptions(lanMtu, podMtu, false, bridgeFilter);
  }

  /** The same as on a machine without br_netfilter. */
  public LabOptions withoutBridgeFilter() {
    return new LabOptions(lanMtu, podMtu, services, false);
  }
}
