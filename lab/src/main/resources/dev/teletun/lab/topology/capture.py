"""Records an interface into a pcap file, as tcpdump does. Arguments: interface, file.

For user namespaces with one uid, where tcpdump ends because it cannot change to another.
"""

import socket
import struct
import sys
import time

ETH_P_ALL = 3
PCAP_HEADER = struct.pack("=IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 262144, 1)

interface, path = sys.argv[1:]
packets = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETH_P_ALL))
packets.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 64 << 20)
packets.bind((interface, 0))
with open(path, "wb", buffering=0) as pcap:
    pcap.write(PCAP_HEADER)
    print("listening on", interface, flush=True)
    while True:
        packet = packets.recv(262144)
        now = time.time_ns()
        size = len(packet)
        header = struct.pack("=IIII", now // 10**9, now // 1000 % 10**6, size, size)
        pcap.write(header + packet)
