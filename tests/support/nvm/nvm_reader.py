#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""nvm_reader.py FAMILY FILE [BEFORE]: prints as JSON what an NVM image holds; with BEFORE also which of its parts
are not as they were there.

A second reader, from the tables of the datasheets alone (X550 6.2.2, 6.2.12; I210 6.8.7); it shares nothing with the
library.
"""
import json
import re
import struct
import sys

TEN = ("82599", "X540", "X550")
FIELDS = (("flags", 0x000, 2), ("address", 0x002, 4), ("mask", 0x006, 4), ("gateway", 0x00A, 4), ("lun", 0x00E, 2),
          ("portal", 0x010, 4), ("port", 0x014, 2), ("target", 0x016, 256), ("secret", 0x116, 18),
          ("user", 0x128, 128), ("vlan", 0x1A8, 2), ("target_secret", 0x1AA, 18), ("rest", 0x1BC, 160))


def load(path):
    data = open(path, "rb").read()
    if data.startswith(b"Offset"):
        lines = re.findall(rb"0x[0-9a-f]+:?\s+((?:[0-9a-fA-F]{2}[ \t\r]*)+)", data)
        data = bytes.fromhex(b" ".join(lines).decode())
    return data


def text(data):
    return data.split(b"\0")[0].decode() if b"\0" in data else None


def number(data):
    return int.from_bytes(data, "little")


def sums(words, family):
    """Each: what the words add up to, with the checksum's own."""
    if family not in TEN:
        four = family == "I350" or (family == "82580" and words[3] & 0x8000)
        return [sum(words[s:s + 0x40]) & 0xFFFF for s in ((0, 0x80, 0xC0, 0x100) if four else (0,))]
    total = sum(words[0:0x42] if family == "X550" else words[0:0x40])
    for pointer in range(2, 0x0F):
        if (pointer == 2 and family != "X550") or (pointer in (4, 5) and family != "82599"):
            continue
        start = words[pointer]
        if start in (0, 0xFFFF):
            continue
        if family == "X550" and pointer in (6, 7, 8):
            total += sum(words[start:start + (0x24 if pointer == 6 else 8)])
        else:
            total += sum(words[start + 1:start + 1 + words[start]])
    return [total & 0xFFFF]


def record(data):
    raw = {name: data[at:at + size] for name, at, size in FIELDS}
    flags = number(raw["flags"])
    out = {name: list(raw[name]) for name in ("address", "mask", "gateway", "portal")}
    out.update({name: number(raw[name]) for name in ("lun", "port", "vlan")})
    out.update({name: text(raw[name]) for name in ("target", "secret", "user", "target_secret")})
    out["clean"] = all(not raw[name].split(b"\0", 1)[1].strip(b"\0") for name in ("target", "secret", "user", "target_secret"))
    out.update(dhcp=flags & 1, target_dhcp=flags >> 1 & 1, auth=flags >> 2 & 3, other_flags=flags & 0xFFF0)
    return out


def block(data, words, family):
    pointer = words[0x17 if family in TEN else 0x3D]
    if pointer in (0, 0xFFFF):
        return None, 0, 0
    at = pointer * 2
    signature, size, version = struct.unpack_from("<HHB", data, at)
    ports = (size - 0x128) // 0x25C
    return {"signature": signature, "size": size, "version": version, "initiator": text(data[at + 6:at + 0x106]),
            "ports": [record(data[at + 0x128 + 0x25C * n:at + 0x128 + 0x25C * (n + 1)]) for n in range(ports)]}, at, size


def part(byte, at, size):
    """The name of the part that a byte belongs to."""
    if at <= byte < at + size:
        offset = byte - at
        if offset < 0x128:
            return "initiator" if 6 <= offset < 0x106 else "head"
        port, offset = divmod(offset - 0x128, 0x25C)
        name = [n for n, first, length in FIELDS if first <= offset < first + length][0]
        return "%s %d" % (name, port + 1)
    return "word %#04x" % (byte // 2)


def main():
    family, data = sys.argv[1], load(sys.argv[2])
    words = struct.unpack("<%dH" % (len(data) // 2), data)
    found, at, size = block(data, words, family)
    out = {"sums": ["%#06x" % s for s in sums(words, family)],
           "setup": ["%#06x" % words[w] for w in (0x30, 0x34, 0x38, 0x3A)],
           "customization": ["%#06x" % words[w] for w in (0x31, 0x35, 0x39, 0x3B)], "block": found}
    if len(sys.argv) > 3:
        before = load(sys.argv[3])
        assert len(before) == len(data)
        out["changed"] = sorted({part(i, at, size) for i in range(len(data)) if data[i] != before[i]})
    print(json.dumps(out))


main()
