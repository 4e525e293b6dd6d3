# Prints all that a VPN client may change on a host, in parts that begin with "#part NAME". Counters, ages, indexes and limits of
# the whole machine are left out, so that an unchanged host prints the same.
part() { echo "#part $1"; }
unnumbered() { sed 's/^[0-9]*: //; s/ qlen [0-9]*//; s/ promiscuity [0-9]*//; s/ [a-z]*_timer *[0-9.]*//g'; }

part links; ip -details -oneline link | unnumbered
part addresses; ip -oneline addr | unnumbered | sed 's/valid_lft [0-9]*sec/valid_lft/g; s/preferred_lft [0-9]*sec/preferred_lft/'
part 'routes IPv4'; ip -details -4 route show table all
part 'routes IPv6'; ip -details -6 route show table all | sed 's/ expires [0-9]*sec//'
part 'rules IPv4'; ip -details -4 rule
part 'rules IPv6'; ip -details -6 rule
part nftables; nft --stateless list ruleset
part sysctls; grep -rsH . /proc/sys/net/ipv4 /proc/sys/net/ipv6 /proc/sys/net/netfilter |
  sed '/nf_conntrack_\(count\|max\|buckets\):/d; /tcp_fastopen_key:/d; s|^/proc/sys/net/||'

# Whoever has /etc/resolv.conf, and what programs look names up by; then directories of ours, should there be any.
files() {
  for path; do
    if [ -e "$path" ] || [ -L "$path" ]; then
      find "$path" -exec stat -c '%n: %F, mode %a, owner %u:%g, link %N' {} + -type f -exec cksum {} +
    fi
  done
}
part 'resolv.conf file'; stat -c '%F, mode %a, owner %u:%g, link %N' /etc/resolv.conf 2>/dev/null || echo missing
part resolv.conf; if [ -e /etc/resolv.conf ]; then cat /etc/resolv.conf; else echo missing; fi
part 'files of names'
files /etc/resolv* /etc/nsswitch.conf /etc/hosts /run/resolvconf /run/systemd/resolve /run/NetworkManager
part 'files of ours'; files /run/teletun* /var/lib/teletun* /etc/teletun*
true
