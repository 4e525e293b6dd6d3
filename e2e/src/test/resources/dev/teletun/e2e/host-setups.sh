# Functions that make a laptop of the lab one whose names are resolved in a certain way. They run in mounts of its own.
# $PACKAGES is where Debian's packages are unpacked; the rest of the environment is addresses of the lab.
set -e

# A private /etc and /run, which every set-up begins with.
own_files() {
  tmp=$(mktemp -d)
  mount -t tmpfs -o mode=755 etc "$tmp"
  cp -a /etc/. "$tmp"
  mount --move "$tmp" /etc
  rmdir "$tmp"
  mount -t tmpfs -o mode=755 run /run
  mkdir -p /run/lab
  named "$LAN1" >/etc/resolv.conf
}

# Debian's packages as if they were installed.
packages() {
  over=
  for package; do
    over=$over$PACKAGES/$package/usr:
    if [ -d "$PACKAGES/$package/etc" ]; then cp -a "$PACKAGES/$package/etc/." /etc/; fi
  done
  mount -t overlay -o "lowerdir=$over/usr" overlay /usr
}

# The packages of the set-up before are not installed any more.
unpackaged() { umount --lazy /usr; }

# Runs a program until end_daemons.
daemon() {
  "$@" </dev/null >>/run/lab/daemons.log 2>&1 &
  echo $! >>/run/lab/daemons
}

end_daemons() {
  [ ! -e /run/lab/daemons ] || kill -9 $(cat /run/lab/daemons) 2>/dev/null || true
}

# Waits until the command succeeds.
await() {
  tries=0
  until "$@" >/dev/null 2>&1; do
    tries=$((tries + 1))
    if [ $tries -gt 100 ]; then
      echo "$* does not succeed" >&2
      cat /run/lab/daemons.log >&2
      exit 1
    fi
    sleep 0.1
  done
}

outside_resolves() { getent ahostsv4 outside.example; }

# A resolv.conf with these name servers.
named() {
  echo search home.example
  for server; do echo "nameserver $server"; done
}

link_to() {
  mkdir -p "$(dirname "$1")"
  mv /etc/resolv.conf /run/lab/resolv.conf
  rm -f "$1"
  mv /run/lab/resolv.conf "$1"
  ln -sf "${2:-$1}" /etc/resolv.conf
}

bound() { # with mount options, such as ro
  cp /etc/resolv.conf /run/lab/resolv.conf
  mount --bind /run/lab/resolv.conf /etc/resolv.conf
  [ -z "$1" ] || mount -o "remount,bind,$1" /etc/resolv.conf
}

hosts_line() { printf 'passwd: files\ngroup: files\nhosts: %s\n' "$1" >/etc/nsswitch.conf; }

bus() {
  mkdir -p /run/dbus /etc/dbus-1/system.d
  cp /usr/share/dbus-1/system.d/*.conf /etc/dbus-1/system.d/ 2>/dev/null || true
  daemon dbus-daemon --system --nofork --nopidfile
  await test -S /run/dbus/system_bus_socket
}

resolved() { # with the link target of resolv.conf
  packages systemd-resolved libnss-resolve
  grep -q ^systemd-resolve: /etc/passwd || echo systemd-resolve:x:991:991::/:/usr/sbin/nologin >>/etc/passwd
  grep -q ^systemd-resolve: /etc/group || echo systemd-resolve:x:991: >>/etc/group
  mkdir -p /etc/systemd
  printf '[Resolve]\nDNS=%s\nFallbackDNS=\nDomains=home.example\n' "$LAN1" >/etc/systemd/resolved.conf
  install -d -o systemd-resolve -g systemd-resolve /run/systemd/resolve
  install -d -m 700 -o systemd-resolve -g systemd-resolve /run/systemd/resolve/netif
  bus
  daemon /usr/lib/systemd/systemd-resolved
  ln -sf "$1" /etc/resolv.conf
  await outside_resolves
}

link_dns() { # a link that has its own server
  busctl call org.freedesktop.resolve1 /org/freedesktop/resolve1 org.freedesktop.resolve1.Manager \
    SetLinkDNS 'ia(iay)' "$(cat /sys/class/net/eth0/ifindex)" 1 2 4 $(echo "$LAN2" | tr . ' ')
}

local_dnsmasq() {
  daemon dnsmasq --keep-in-foreground --user=root --group= --conf-file=/dev/null --no-hosts --pid-file= \
    --listen-address=127.0.0.1 --bind-interfaces --no-resolv "$@"
  named 127.0.0.1 >/etc/resolv.conf
  await outside_resolves
}

local_unbound() {
  packages unbound
  cat >/run/lab/unbound.conf <<END
server:
  username: ""
  chroot: ""
  directory: /run/lab
  pidfile: /run/lab/unbound.pid
  use-syslog: no
  do-daemonize: no
  interface: 127.0.0.1
  module-config: "iterator"
  do-not-query-localhost: no
forward-zone:
  name: "."
  forward-addr: $LAN1
END
  daemon unbound -d -c /run/lab/unbound.conf
  named 127.0.0.1 >/etc/resolv.conf
  await outside_resolves
}

openresolv() {
  packages openresolv
  mkdir -p /run/resolvconf/exclusive # which it makes, and leaves there
  printf 'resolv_conf=/etc/resolv.conf\n%s\n' "$1" >/etc/resolvconf.conf
  named "$LAN1" "$LAN2" | resolvconf -a eth0.dhclient
}

openresolv_with_dnsmasq() {
  mkdir -p /run/dnsmasq
  : >/run/dnsmasq/resolv.conf
  openresolv 'name_servers=127.0.0.1
dnsmasq_resolv=/run/dnsmasq/resolv.conf'
  daemon dnsmasq --keep-in-foreground --user=root --group= --conf-file=/dev/null --no-hosts --pid-file= \
    --listen-address=127.0.0.1 --bind-interfaces --resolv-file=/run/dnsmasq/resolv.conf
  await outside_resolves
}

debian_resolvconf() {
  packages resolvconf
  mkdir -p /run/resolvconf/interface
  ln -sfn /run/resolvconf /etc/resolvconf/run
  ln -sf ../run/resolvconf/resolv.conf /etc/resolv.conf
  resolvconf --enable-updates
  { named "$LAN1" "$LAN2"; echo options timeout:3; } | resolvconf -a eth0.dhclient
}

remove_debian_resolvconf() { # what the package's prerm and postrm do
  resolvconf --disable-updates
  rm /etc/resolv.conf
  grep -v '^#' /run/resolvconf/resolv.conf >/etc/resolv.conf
  rm /run/resolvconf/resolv.conf
  unpackaged
}

local_record() { # as the package dnsmasq makes it: before all others
  echo nameserver 127.0.0.1 | resolvconf -a lo.dnsmasq
}

systemd_resolvconf() { # Debian's package brings it as a link to resolvectl
  resolved ../run/systemd/resolve/stub-resolv.conf
  resolvconf --version | grep -q ^systemd
}

network_manager_with_resolved() { # systemd-resolved runs already; NetworkManager tells it its servers
  run_network_manager dns=systemd-resolved
  await outside_resolves
}

network_manager() { # with a line for its section main
  run_network_manager "$1"
  case $1 in *unmanaged) return ;; esac
  await grep -q '^# Generated by NetworkManager' /etc/resolv.conf
  await outside_resolves
}

run_network_manager() {
  packages network-manager libnm0 libndp0
  mkdir -p /var/lib/NetworkManager /etc/NetworkManager/system-connections
  mount -t tmpfs -o mode=755 nm /var/lib/NetworkManager
  # Where /sys is writable NetworkManager waits for udev, which a lab has not.
  mount --bind /sys /sys
  mount -o remount,bind,ro /sys
  # It would rename the whole laptop, and the pair would take its next client for somebody else.
  cat >/etc/NetworkManager/NetworkManager.conf <<END
[main]
hostname-mode=none
plugins=keyfile
auth-polkit=false
$1
[keyfile]
unmanaged-devices=interface-name:eth0
END
  cat >/etc/NetworkManager/system-connections/lan.nmconnection <<END
[connection]
id=lan
type=bridge
interface-name=nmbr0
uuid=11111111-2222-3333-4444-555555555555
[bridge]
stp=false
mac-address=02:00:00:00:00:77
[ipv4]
method=manual
address1=192.168.77.1/24
dns=$LAN1;$LAN2;
dns-search=home.example;
[ipv6]
method=disabled
END
  chmod 600 /etc/NetworkManager/system-connections/*
  rm -f /etc/NetworkManager/dispatcher.d/*ifupdown
  if [ -S /run/dbus/system_bus_socket ]; then
    cp /usr/share/dbus-1/system.d/*.conf /etc/dbus-1/system.d/
    busctl call org.freedesktop.DBus /org/freedesktop/DBus org.freedesktop.DBus ReloadConfig
  else
    bus
  fi
  daemon NetworkManager --no-daemon
  await test -e /sys/class/net/nmbr0
}

docker() {
  nft -f - <<'END'
table ip nat {
  chain DOCKER { iifname "docker0" return; }
  chain PREROUTING { type nat hook prerouting priority dstnat; policy accept; fib daddr type local jump DOCKER; }
  chain OUTPUT { type nat hook output priority -100; policy accept; ip daddr != 127.0.0.0/8 fib daddr type local jump DOCKER; }
  chain POSTROUTING { type nat hook postrouting priority srcnat; policy accept; ip saddr 172.17.0.0/16 oifname != "docker0" masquerade; }
}
END
}

# In the place of resolvconf: a program that says what openresolv says, and then runs the given line of sh.
played_resolvconf() {
  mkdir -p /run/lab/usr/sbin
  cat >/run/lab/usr/sbin/resolvconf <<END
#!/bin/sh
[ "\$1" != --version ] || { echo openresolv 3.12.0; exit 0; }
[ "\$1" != -l ] || exit 0
$1
END
  chmod +x /run/lab/usr/sbin/resolvconf
  mount -t overlay -o lowerdir=/run/lab/usr:/usr overlay /usr
  { echo '# Generated by resolvconf'; named "$LAN1"; } >/etc/resolv.conf
}

# What set-ups did beyond mounts.
undo() {
  end_daemons
  ip link del nmbr0 2>/dev/null || true
  nft delete table ip nat 2>/dev/null || true
  chattr -i /etc/resolv.conf 2>/dev/null || true
}
