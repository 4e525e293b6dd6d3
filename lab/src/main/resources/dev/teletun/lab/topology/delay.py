"""Delays IPv4 packets from the laptop to elsewhere, on the router, whose kernel may have no netem. Argument: milliseconds.

They are routed into a TUN device, wait, and go on from it. Connections are tracked only then, so that NAT is done on the way out.
"""

import collections
import fcntl
import os
import select
import struct
import subprocess
import sys
import time

TUNSETIFF = 0x400454CA
IFF_TUN_NO_PI = 0x1001
SETUP = """
ip link set long0 up
ip route add default dev long0 table 77
ip rule add iif lan0 lookup 77
nft 'table ip long { chain f { type filter hook prerouting priority raw; iifname "lan0" notrack; }; }'
"""

delay = float(sys.argv[1]) / 1000
tun = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
fcntl.ioctl(tun, TUNSETIFF, struct.pack("16sH", b"long0", IFF_TUN_NO_PI))
subprocess.run(["sh", "-ec", SETUP], check=True)
print("ready", flush=True)
waiting = collections.deque()
while True:
    left = max(0, waiting[0][0] - time.monotonic()) if waiting else None
    if select.select([tun], [], [], left)[0]:
        waiting.append((time.monotonic() + delay, os.read(tun, 65536)))
    while waiting and waiting[0][0] <= time.monotonic():
        os.write(tun, waiting.popleft()[1])
