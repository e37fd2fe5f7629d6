#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""dhcp_ask.py INTERFACE MAC [VENDOR-CLASS]: asks for an address as a NIC does before its boot (RFC 2131) and prints
the options of the first offer, one a line: 17=iscsi:… 175.190=host1 43.201=…; yiaddr=… is the address."""
import socket
import struct
import sys
import time

ENCAPSULATED = (43, 175)


def options(data):
    at = 0
    while at < len(data) and data[at] != 255:
        if data[at] == 0:
            at += 1
            continue
        code, size = data[at], data[at + 1]
        yield code, data[at + 2 : at + 2 + size]
        at += 2 + size


def checksum(data):
    data += b"\0" * (len(data) % 2)
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def discover(mac, transaction, vendor_class):
    wanted = bytes([1, 3, 12, 17, 43, 175, 203])
    # Options: a discover, at most 1472 bytes in the answer (else servers leave out what is behind 576), the list.
    asked = b"\x35\x01\x01" + b"\x39\x02\x05\xc0" + b"\x37" + bytes([len(wanted)]) + wanted
    if vendor_class:
        asked += b"\x3c" + bytes([len(vendor_class)]) + vendor_class
    bootp = struct.pack("!4BLHH16s16s192sL", 1, 1, 6, 0, transaction, 0, 0x8000, b"", mac, b"", 0x63825363)
    message = (bootp + asked + b"\xff").ljust(300, b"\0")
    udp = struct.pack("!4H", 68, 67, 8 + len(message), 0) + message
    ip = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + len(udp), 0, 0, 64, 17, 0, bytes(4), b"\xff" * 4)
    ip = ip[:10] + struct.pack("!H", checksum(ip)) + ip[12:]
    return b"\xff" * 6 + mac + b"\x08\x00" + ip + udp


def offer(frame, transaction):
    if frame[12:14] != b"\x08\x00" or frame[23] != 17:
        return None
    udp = 14 + (frame[14] & 15) * 4
    message = frame[udp + 8 :]
    if frame[udp : udp + 4] != b"\x00\x43\x00\x44" or message[4:8] != struct.pack("!L", transaction):
        return None
    return message


def main():
    interface, mac = sys.argv[1], bytes.fromhex(sys.argv[2].replace(":", ""))
    vendor_class = sys.argv[3].encode() if len(sys.argv) > 3 else b""
    link = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))
    link.bind((interface, 0))
    link.settimeout(0.5)
    end = time.monotonic() + 20
    transaction = time.monotonic_ns() & 0xFFFFFFFF
    while time.monotonic() < end:
        link.send(discover(mac, transaction, vendor_class))
        again = time.monotonic() + 2
        while time.monotonic() < again:
            try:
                message = offer(link.recv(2048), transaction)
            except TimeoutError:
                continue
            if message is None:
                continue
            print("yiaddr=" + socket.inet_ntoa(message[16:20]))
            for code, value in options(message[240:]):
                if code in ENCAPSULATED:
                    for inner, text in options(value):
                        print(f"{code}.{inner}={text.decode(errors='replace')}")
                elif code in (12, 17, 203):
                    print(f"{code}={value.decode(errors='replace')}")
            return
    sys.exit("no offer")


main()
