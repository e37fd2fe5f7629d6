#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""nvm_make.py FAMILY FILE: writes an NVM image as a NIC of that family could have it.

Written from the tables of the datasheets (X550 6.2, I210 6.8) and the checksum rules of the drivers; it shares
nothing with the library. What is not set here is filled with bytes that do not repeat, so that a byte written to a
wrong place is seen.
"""
import argparse
import struct

DEVICES = {
    "8254x": 0x100E, "82571": 0x105E, "82572": 0x10B9, "82573": 0x109A, "82574": 0x10D3, "82575": 0x10A7,
    "82576": 0x10C9, "82580": 0x150E, "I350": 0x1521, "I210": 0x1533, "I211": 0x1539, "ICH8": 0x1502,
    "I217": 0x153A, "82599": 0x10FB, "X540": 0x1528, "X550": 0x1563,
}
TEN = ("82599", "X540", "X550")
HEADER, RECORD = 0x128, 0x25C


def filler(count):
    """The same for each run, and no two words in a row alike."""
    state, out = 0x1234, []
    for _ in range(count):
        state = (state * 25173 + 13849) & 0xFFFF
        out.append(state if state not in (0, 0xFFFF) else 0x5A5A)
    return out


def block(ports, mask, initiator):
    data = bytearray(HEADER + ports * RECORD)
    struct.pack_into("<HHBB", data, 0, 0x5369, len(data), 1, 0)
    data[6:6 + len(initiator)] = initiator.encode()
    struct.pack_into("<HH", data, 0x106, 0x0203, 0x1104)  # option ROM 2.785.4
    for port in range(ports):
        at = HEADER + port * RECORD
        struct.pack_into("<H", data, at, 0x3D03)
        data[at + 6:at + 10] = mask
        for i in range(0x1BC, RECORD):  # FCoE
            data[at + i] = (port * 37 + i * 11 + 1) & 0xFF
    return data


def put(words, at, data):
    for i in range(0, len(data), 2):
        words[at + i // 2] = data[i] | data[i + 1] << 8


def gigabit(words, family, args):
    words[0:3] = [0x5452, 0x1200, 0x5634]  # 52:54:00:12:34:56
    words[3] = 0x8000 if family == "82580" else 0x0001
    words[5] = 0x1230
    words[8:10] = [0x3000, 0x1000]
    words[0x0A] = 0x4000
    words[0x0B:0x0F] = [0x0001, 0x8086, DEVICES[family], 0x8086]
    words[0x12] = 0x5C00
    words[0x19] = 0x0040
    words[0x2F] = 0xFFFF
    words[0x32:0x38] = [0x131F, 0x401B, 0x0100, 0x4000, 0x2103, 0xFFFF]
    words[0x38:0x3D] = [0x0100, 0x4000, 0x0100, 0x4000, 0xFFFF]
    words[0x30:0x32] = [0x0100, 0x4000]
    words[0x3D] = args.block if args.ports else 0xFFFF
    if len(words) > 0x43:
        words[0x42:0x44] = [0x0ABC, 0x8000]
    if args.vlan:
        words[0x3C] = args.vlan
        words[args.vlan:args.vlan + 3] = [0x4C56, 0x0601, 0x602A]
    four = family == "I350" or (family == "82580" and words[3] & 0x8000)
    for start in (0, 0x80, 0xC0, 0x100) if four else (0,):
        words[start + 0x3F] = (0xBABA - sum(words[start:start + 0x3F])) & 0xFFFF


def ten_gigabit(words, family, args):
    words[0x00:0x0F] = [0x2B40, 0x0001] + [0xFFFF] * 13
    words[0x15:0x18] = [0x3000, 0x1000, args.block if args.ports else 0xFFFF]
    words[0x20] = 0xFFFF
    words[0x2D:0x2F] = [0x0ABC, 0x8000]
    words[0x2F] = 0xFFFF
    words[0x30:0x38] = [0x0100, 0x4000, 0x131F, 0x401B, 0x0100, 0x4000, 0x2103, 0xFFFF]
    place = 0x60
    sizes = {}
    for pointer in range(0x02 if family == "X550" else 0x03, 0x0F):
        if pointer in (0x04, 0x05) and family != "82599":
            continue
        fixed = {0x06: 0x24, 0x07: 8, 0x08: 8}.get(pointer) if family == "X550" else None
        words[pointer] = place
        sizes[pointer] = (0, fixed) if fixed else (1, 6)
        if not fixed:
            words[place] = 6
        if pointer in (0x07, 0x08):
            words[place + 2] = DEVICES[family]
        place += fixed or 7
    if args.block * 2 < place * 2 and args.ports:
        raise SystemExit("the block would lie upon the sections")
    if family == "X550":
        total = sum(words[0:0x42]) - words[0x3F]
    else:
        total = sum(words[0:0x3F])
    for pointer, (skip, count) in sizes.items():
        start = words[pointer] + skip
        total += sum(words[start:start + count])
    words[0x3F] = (0xBABA - total) & 0xFFFF


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("family", choices=DEVICES)
    parser.add_argument("file")
    parser.add_argument("--ports", type=int, default=0, help="with an iSCSI block of so many ports")
    parser.add_argument("--mask", default="00000000", help="netmask in it, as the bytes stand there")
    parser.add_argument("--initiator", default="iqn.2026-11.org.example:old")
    parser.add_argument("--words", type=lambda text: int(text, 0), default=0x1000)
    parser.add_argument("--block", type=lambda text: int(text, 0), default=0x200, help="its first word")
    parser.add_argument("--vlan", type=lambda text: int(text, 0), default=0, help="first word of a PXE VLAN block")
    parser.add_argument("--poke", action="append", default=[], metavar="WORD=VALUE", help="at last, without a checksum")
    parser.add_argument("--table", action="store_true", help="as ethtool -e prints it")
    args = parser.parse_args()
    words = filler(args.words)
    if args.ports:
        put(words, args.block, block(args.ports, bytes.fromhex(args.mask), args.initiator))
    (ten_gigabit if args.family in TEN else gigabit)(words, args.family, args)
    for poke in args.poke:
        word, value = poke.split("=")
        words[int(word, 0)] = int(value, 0)
    data = struct.pack("<%dH" % len(words), *words)
    if args.table:
        text = "Offset\t\tValues\n------\t\t------"
        for i in range(0, len(data), 16):
            text += "\n0x%04x:\t\t" % i + "".join("%02x " % byte for byte in data[i:i + 16])
        data = (text + "\n").encode()
    with open(args.file, "wb") as out:
        out.write(data)


main()
