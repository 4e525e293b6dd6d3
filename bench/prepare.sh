# What the scripts of this directory have in common; they source it. After it: bench, root, and the functions below.
# shellcheck shell=bash
bench=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")" && pwd)
root=$(dirname "$bench")
export PATH=$PATH:/usr/sbin:/sbin:/usr/local/go/bin

say() { printf 'bench: %s\n' "$*" >&2; }
die() { say "$*"; exit 1; }

# Shows the comment at the head of the script that sources this.
usage() { sed -n '2,/^[^#]/{/^#/!d;s/^# \{0,1\}//;p}' "$0"; }

# ensure_tools COMMAND=PACKAGE…: installs as root what is missing, after saying so.
ensure_tools() {
  local tool missing=''
  for tool; do
    command -v "${tool%%=*}" >/dev/null || missing+=" ${tool#*=}"
  done
  [ -n "$missing" ] || return 0
  [ "$EUID" = 0 ] && command -v apt-get >/dev/null || die "missing: sudo apt-get install$missing"
  say "installing what is measured and what measures: apt-get install$missing"
  # shellcheck disable=SC2086 # a list of words
  { apt-get -qq update && DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends $missing; } >&2 </dev/null ||
    die "apt-get failed; install by hand:$missing"
}

lab_tools='ip=iproute2 unshare=util-linux nft=nftables dnsmasq=dnsmasq-base python3=python3 ping=iputils-ping'

# Builds TeleTUN and what measures it, but for package micro; afterwards the arrays java and teletun are command lines.
build() {
  local classes=$bench/target/programs
  "$root/teletun" --version >&2
  jdk=$(sed -n '1s/.* with //p' "$root/cli/target/teletun.args")
  mkdir -p "$classes" "$bench/out"
  find "$bench/src/main/java" -name '*.java' ! -name package-info.java ! -path '*/micro/*' >"$bench/target/sources"
  "$jdk/bin/javac" -proc:none -d "$classes" -cp "$root/cli/target/lib/*" "@$bench/target/sources"
  cp -R "$bench/src/main/resources/." "$classes"
  # shellcheck disable=SC2034 # for whoever sources this
  java=("$jdk/bin/java" --enable-native-access=ALL-UNNAMED -cp "$classes:$root/cli/target/lib/*")
  # shellcheck disable=SC2034
  teletun=("$jdk/bin/java" "@$root/cli/target/teletun.args" -Dteletun.terminal=false dev.teletun.cli.Main)
}

# Makes bench/target/wireguard the newest wireguard-go; needs go.
install_wireguard() {
  say "fetching the newest wireguard-go"
  GOBIN=$bench/target GOFLAGS=-mod=mod go install golang.zx2c4.com/wireguard@latest ||
    [ -x "$bench/target/wireguard" ] || die "go cannot install golang.zx2c4.com/wireguard@latest"
  say "wireguard-go $(go version -m "$bench/target/wireguard" | awk '$1 == "mod" { print $3 }')"
}
