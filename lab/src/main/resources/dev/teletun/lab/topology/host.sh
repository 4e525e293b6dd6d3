# The first process of a host of the lab: makes its namespaces look like a computer of its own,
# says "ready PID", and lives until stdin ends. Being process 1 of its PID namespace, it takes
# every program of the host with it.
# Arguments: host name, directory with files for /etc, "pod" or "machine".
set -e
exec 3<&0

read -r pid _ </proc/self/stat # as the outer /proc counts
hostname "$1" 2>/dev/null || true

mount -t tmpfs -o mode=755 tmpfs /run
mkdir -p /run/lab/etc /run/lab/work
cp "$2"/* /run/lab/etc/
# An overlay, so that resolv.conf is an ordinary file: a bind mount cannot be renamed over.
if ! mount -t overlay -o lowerdir=/etc,upperdir=/run/lab/etc,workdir=/run/lab/work overlay /etc; then
  for file in "$2"/*; do
    mount --bind "/run/lab/etc/${file##*/}" "/etc/${file##*/}"
  done
fi

# What its programs keep is its own, too.
mkdir -p /run/lab/lib /run/lab/lib-work
mount -t overlay -o lowerdir=/var/lib,upperdir=/run/lab/lib,workdir=/run/lab/lib-work overlay /var/lib ||
  mount -t tmpfs tmpfs /var/lib

# A container that hides parts of /proc lets no user namespace mount a new one: then keep the old.
mount -t proc proc /proc 2>/dev/null || true
mount -t sysfs sysfs /sys 2>/dev/null || true

set_all() {
  for scope in all default; do
    echo "$3" >"/proc/sys/net/$1/conf/$scope/$2"
  done
}
set_all ipv6 accept_dad 0 # no second of waiting for each address
set_all ipv6 accept_ra 0
if [ "$3" = router ] || [ "$3" = node ]; then
  set_all ipv4 rp_filter 0
  echo 1 >/proc/sys/net/ipv4/ip_forward
  set_all ipv6 forwarding 1
else
  set_all ipv4 rp_filter 2 # as systemd's 50-default.conf
fi
if [ "$3" = pod ]; then # what a container runtime does
  mount --bind /proc/sys /proc/sys
  mount -o remount,bind,ro /proc/sys
fi
ip link set lo up

echo "ready $pid"
cat <&3 >/dev/null &
wait $! # also reaps the orphans of this namespace
