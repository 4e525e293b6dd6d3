package dev.teletun.client.host.filter;

import dev.teletun.linux.nft.BaseChain;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Who on this host keeps packets out, and how its owner is told to let them in. */
sealed interface Blocker {
  /** For people. */
  String name();

  /** The command that lets these ports in. */
  String remedy(ExposedPorts ports, boolean all, String device);

  /** ufw, the firewall of Ubuntu. */
  record Ufw() implements Blocker {
    @Override
    public String name() {
      return "ufw";
    }

    @Override
    public String remedy(ExposedPorts ports, boolean all, String device) {
      String from = ports.from().map(p -> " from " + p).orElse("");
      return all
          ? "sudo ufw allow in on " + device
          : "sudo ufw allow in on %s%s to any port %s proto %s"
              .formatted(device, from, range(ports, ":"), protocol(ports));
    }
  }

  /** firewalld, the firewall of Fedora and others. */
  record Firewalld() implements Blocker {
    @Override
    public String name() {
      return "firewalld";
    }

    /** The device comes and goes, and so does its zone; what is not exposed stays refused by us. */
    @Override
    public String remedy(ExposedPorts ports, boolean all, String device) {
      return "sudo firewall-cmd --zone=trusted --add-interface=" + device;
    }
  }

  /** iptables in its old form, which nft does not list. */
  record LegacyIptables(boolean ipv6) implements Blocker {
    @Override
    public String name() {
      return ipv6 ? "ip6tables-legacy" : "iptables-legacy";
    }

    @Override
    public String remedy(ExposedPorts ports, boolean all, String device) {
      return iptables(name(), ports, all, device);
    }
  }

  /** Chains that are nobody's in particular; one of them does it. */
  record Chains(List<BaseChain> chains) implements Blocker {
    @Override
    public String name() {
      return "nftables, "
          + chains.stream().map(BaseChain::toString).collect(Collectors.joining(" or "));
    }

    @Override
    public String remedy(ExposedPorts ports, boolean all, String device) {
      BaseChain chain = chains.getFirst();
      String table = chain.table().toString();
      if (chain.hook().equals("input") && table.matches("ip6? filter")) {
        return iptables(table.startsWith("ip6") ? "ip6tables" : "iptables", ports, all, device);
      }
      return "sudo nft insert rule %s %s iifname %s%s accept"
          .formatted(table, chain.name(), device, all ? "" : " " + ports.condition());
    }
  }

  /** Nothing that a firewall's list shows. */
  record Unknown(String what) implements Blocker {
    @Override
    public String name() {
      return what;
    }

    @Override
    public String remedy(ExposedPorts ports, boolean all, String device) {
      return "see \"nstat -az TcpExtIPReversePathFilter\" and \"tc filter show dev %s ingress\""
          .formatted(device);
    }
  }

  private static String iptables(String program, ExposedPorts ports, boolean all, String device) {
    String which =
        all
            ? ""
            : "%s -p %s --dport %s"
                .formatted(
                    ports.from().map(p -> " -s " + p).orElse(""),
                    protocol(ports),
                    range(ports, ":"));
    return "sudo %s -I INPUT -i %s%s -j ACCEPT".formatted(program, device, which);
  }

  private static String range(ExposedPorts ports, String between) {
    return ports.first() == ports.last()
        ? String.valueOf(ports.first())
        : ports.first() + between + ports.last();
  }

  private static String protocol(ExposedPorts ports) {
    return ports.transport().name().toLowerCase(Locale.ROOT);
  }
}
