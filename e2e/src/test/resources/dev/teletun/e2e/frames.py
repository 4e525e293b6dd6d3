"""Plays server-external on the AF_UNIX socket. Arguments: sockfile, name of what to send.

uid           nothing: prints what server-cluster says, or that it hung up
wrong-source  UDP datagrams to the echo pods port 9 from sources that are not P, last one from P; to the device,
              if that is handed over
garbage       bytes that are no frame
"""

import ipaddress
import os
import socket
import struct
import sys

ECHO = {4: "10.244.0.7", 6: "fd00:10:244::7"}
P = {4: "10.244.0.3", 6: "fd00:10:244::3"}
STRANGERS = {
    4: ["10.244.0.5", "10.244.0.99", "127.0.0.1", "0.0.0.0", "255.255.255.255", "10.244.0.1"],
    6: ["fd00:10:244::5", "fd00:10:244::99", "::1", "::", "ff02::1", "fe80::1"],
}


def checksum(data):
    data += b"\0" * (len(data) % 2)
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def packet(family, source, destination, payload):
    src, dst = (ipaddress.ip_address(a).packed for a in (source, destination))
    length = 8 + len(payload)
    pseudo = src + dst + struct.pack("!II", length, 17)
    udp = struct.pack("!HHHH", 4444, 9, length, 0) + payload
    udp = udp[:6] + struct.pack("!H", checksum(pseudo + udp) or 0xFFFF) + udp[8:]
    if family == 6:
        return struct.pack("!IHBB", 6 << 28, length, 17, 64) + src + dst + udp
    head = struct.pack("!BBHHHBBH", 0x45, 0, 20 + length, 1, 0, 64, 17, 0) + src + dst
    return head[:10] + struct.pack("!H", checksum(head)) + head[12:] + udp


def send(peer, device, ip):
    frame = bytes(10) + ip
    if device:
        os.write(device[0], frame)
    else:
        peer.sendall(struct.pack("!I", len(frame)) + frame)


def main(sockfile, what):
    peer = socket.socket(socket.AF_UNIX)
    peer.connect(sockfile)
    greeting, device, _, _ = socket.recv_fds(peer, 65536, 1)
    print("greeted" if greeting.startswith(b"TELETUN\0") else f"hung up {greeting}", flush=True)
    if what == "wrong-source":
        for family in (4, 6):
            for source in STRANGERS[family]:
                send(peer, device, packet(family, source, ECHO[family], b"STRANGER"))
            send(peer, device, packet(family, P[family], ECHO[family], b"OWN-ADDRESS"))
    elif what == "garbage":
        peer.sendall(b"\xff" * 64)
    print("sent", flush=True)
    try:
        while peer.recv(65536):
            pass
        print("ended", flush=True)
    except ConnectionResetError:
        print("ended", flush=True)


main(*sys.argv[1:])
