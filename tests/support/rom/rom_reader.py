#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""rom_reader.py FILE: what is in an option ROM, as one JSON document.

A second reader, written from the tables of the specifications (PCI Firmware 3.0, 5.1; UEFI, 14.4.2; PnP BIOS; PXE); it
shares nothing with the library, and believes everything: it is for ROMs that are sound.
"""
import json
import struct
import sys


def u16(data, at):
    return struct.unpack_from("<H", data, at)[0]


def text(data, at):
    return data[at:data.index(b"\0", at)].decode() if at else ""


def structure(data, at, length):
    return {"offset": at, "bytes": length, "sum": sum(data[at:at + length]) & 0xFF}


def image_at(data, offset):
    pcir = u16(data, offset + 0x18)
    signature, vendor, device, devices, length, revision, interface, sub, base, units, code, kind, indicator = \
        struct.unpack_from("<4sHHHHBBBBHHBB", data, offset + pcir)
    assert data[offset:offset + 2] == b"\x55\xAA" and signature == b"PCIR"
    image = data[offset:offset + units * 512]
    found = {"offset": offset, "bytes": units * 512, "code_type": kind, "vendor": "%04x" % vendor,
             "device": "%04x" % device, "devices": None, "class": "%02x%02x%02x" % (base, sub, interface),
             "code_revision": code, "pcir": {"offset": pcir, "bytes": length, "revision": revision},
             "last": bool(indicator & 0x80), "byte_sum": sum(image) & 0xFF, "pnp": [], "undi": None, "ipxe": None,
             "efi": None}
    if revision >= 3 and devices:
        found["devices"] = []
        at = pcir + devices
        while u16(image, at):
            found["devices"].append("%04x" % u16(image, at))
            at += 2
    if kind == 0:
        found["init_bytes"] = image[2] * 512
        pnp, undi, ipxe = u16(image, 0x1A), u16(image, 0x16), u16(image, 0x10)
        if image[pnp:pnp + 4] == b"$PnP":
            entry = structure(image, pnp, image[pnp + 5] * 16)
            entry.update(manufacturer=text(image, u16(image, pnp + 14)), product=text(image, u16(image, pnp + 16)))
            found["pnp"].append(entry)
        if image[undi:undi + 4] == b"UNDI":
            found["undi"] = structure(image, undi, image[undi + 4])
            found["undi"]["pxe_version"] = "%d.%d.%d" % (image[undi + 9], image[undi + 8], image[undi + 7])
        if image[ipxe:ipxe + 4] == b"iPXE":
            found["ipxe"] = structure(image, ipxe, image[ipxe + 4])
            found["ipxe"]["build_id"] = "%08x" % struct.unpack_from("<I", image, ipxe + 8)[0]
    if kind == 3:
        units, signature, subsystem, machine, compression = struct.unpack_from("<HIHHH", image, 2)
        found["efi"] = {"signature": signature, "subsystem": subsystem, "machine": machine,
                        "compression": compression, "init_bytes": units * 512, "driver_offset": u16(image, 0x16)}
    return found


with open(sys.argv[1], "rb") as file:
    content = file.read()
images = []
while not images or not images[-1]["last"]:
    images.append(image_at(content, images[-1]["offset"] + images[-1]["bytes"] if images else 0))
print(json.dumps({"images": images, "bytes": len(content)}))
