#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""vlan_relay.py PLAIN TAGGED VLAN: a switch of two ports, the tap devices PLAIN, whose frames have no tag, and TAGGED,
whose frames have that VLAN's (IEEE 802.1Q); other frames of TAGGED are dropped. Both devices are made, and it runs until
it is killed."""
import fcntl
import os
import select
import struct
import sys

TUNSETIFF, IFF_TAP, IFF_NO_PI = 0x400454CA, 0x0002, 0x1000


def tap(name):
    device = os.open("/dev/net/tun", os.O_RDWR)
    fcntl.ioctl(device, TUNSETIFF, struct.pack("16sH22x", name.encode(), IFF_TAP | IFF_NO_PI))
    return device


def send(device, frame):
    try:
        os.write(device, frame)
    except OSError:  # the device is not up yet: a switch drops such frames
        pass


def main():
    plain, tagged, tag = tap(sys.argv[1]), tap(sys.argv[2]), struct.pack("!HH", 0x8100, int(sys.argv[3]))
    print("ready", flush=True)
    while True:
        for device in select.select([plain, tagged], [], [])[0]:
            frame = os.read(device, 2048)
            if device == plain:
                send(tagged, frame[:12] + tag + frame[12:])
            elif frame[12:14] == tag[:2] and int.from_bytes(frame[14:16], "big") & 0xFFF == int(sys.argv[3]):
                send(plain, frame[:12] + frame[16:])


main()
