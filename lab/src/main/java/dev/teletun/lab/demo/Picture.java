package dev.teletun.lab.demo;

/** The lab, drawn; the addresses are those of {@link dev.teletun.lab.topology.LabNet}. */
final class Picture {
  private static final String BOXES =
      """
      ┌─────────────────┐       ┌─────────────────┐       ┌─────────────────────────────────────┐
      │ laptop          │       │ router          │       │ node 172.30.0.2, services 10.96/16  │
      │ 192.168.50.10   ├──LAN──┤ 192.168.50.1    ├──WAN──┤  ┃ bridge 10.244.0.1                │
      │                 │       │ NAT, two name   │       │  ┣━ pod A 10.244.0.2 server-external│
      │ tel0 10.244.0.3 │       │ servers         │       │  ┃    ↕ AF_UNIX                     │
      └─────────────────┘       └─────────────────┘       │  ┣━ pod B 10.244.0.3 server-cluster │
                                                          │  ┣━ dns   10.244.0.4                │
                                                          │  ┣━ web   10.244.0.5, 10.244.0.6    │
                                                          │  ┗━ echo  10.244.0.7, iperf3        │
                                                          └─────────────────────────────────────┘
      """;

  private Picture() {}

  static String drawn(boolean ascii) {
    if (!ascii) {
      return BOXES;
    }
    return BOXES.replaceAll("[┌┐└┘├┤┣┗]", "+").replaceAll("[─━]", "-").replaceAll("[│┃↕]", "|");
  }
}
