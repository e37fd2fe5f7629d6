#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""rom_make.py KIND FILE: writes a small file with option ROMs.

Written from the tables of the PCI Firmware Specification 3.0 (5.1), the UEFI Specification (14.4.2), the Plug and Play
BIOS Specification and the PXE Specification; it shares nothing with the library.
"""
import struct
import sys

PCIR = 0x1C


def zero_sum(image, at, start=0, length=None):
    end = len(image) if length is None else start + length
    image[at] = (image[at] - sum(image[start:end])) & 0xFF


def base(code_type, units, revision, last, device=0x100E):
    image = bytearray((i * 7 + 1) & 0xFF if i >= 0x180 else 0 for i in range(units * 512))
    struct.pack_into("<H", image, 0, 0xAA55)
    struct.pack_into("<H", image, 0x18, PCIR)
    length = 0x1C if revision >= 3 else 0x18
    struct.pack_into("<4sHHHHBBBBHHBB", image, PCIR, b"PCIR", 0x8086, device, 0, length, revision, 0, 0, 2, units, 1,
                     code_type, 0x80 if last else 0)
    return image


def x86(last, fixup=None):
    """With $PnP, UNDI, iPXE's header and a list of devices; the sum is made right by the byte `fixup`."""
    image = base(0, 4, 3, last)
    image[2] = 4
    struct.pack_into("<H", image, PCIR + 8, 0x140 - PCIR)
    struct.pack_into("<HHH", image, 0x140, 0x100E, 0x100F, 0)
    struct.pack_into("<4sBBBBI", image, 0xC0, b"iPXE", 12, 0, 1, 0, 0x12345678)
    struct.pack_into("<4sBBBBBBHHHH4s", image, 0xA0, b"UNDI", 0x16, 0, 0, 0, 1, 2, 0x200, 0, 0, 0, b"PCIR")
    struct.pack_into("<4sBBHBBIHHBBBBHHHHH", image, 0x60, b"$PnP", 1, 2, 0, 0, 0, 0, 0xE0, 0xF0, 2, 0, 0, 0xF4, 0, 0,
                     0x180, 0, 0)
    image[0xE0:0xE6] = b"maker\0"
    image[0xF0:0xF5] = b"boot\0"
    for pointer, at in ((0x10, 0xC0), (0x16, 0xA0), (0x1A, 0x60)):
        struct.pack_into("<H", image, pointer, at)
    zero_sum(image, 0xC5, 0xC0, 12)
    zero_sum(image, 0xA5, 0xA0, 0x16)
    zero_sum(image, 0x69, 0x60, 0x20)
    zero_sum(image, 6 if fixup is None else fixup)
    return image


def efi(last, compression=0):
    image = base(3, 2, 0, last)
    struct.pack_into("<HIHHH", image, 2, 2, 0x0EF1, 11, 0x8664, compression)
    struct.pack_into("<H", image, 0x16, 0x80)
    if not compression:
        image[0x80:0x82] = b"MZ"
        struct.pack_into("<I", image, 0xBC, 0x40)
        struct.pack_into("<4sH", image, 0xC0, b"PE\0\0", 0x8664)
        struct.pack_into("<H", image, 0xC0 + 0x18 + 0x44, 11)
    return image


def other(last):
    """An x86 image of nobody known: nothing tells which byte makes its sum right."""
    image = base(0, 2, 0, last)
    image[2] = 2
    zero_sum(image, 0x3FF)
    return image


def payload(last):
    return base(0xFF, 2, 3, last)


KINDS = {
    "plain": lambda: x86(True),
    "chain": lambda: x86(False) + efi(False, 1) + efi(True),
    "mrom": lambda: x86(False) + payload(True),
    "other": lambda: other(True),
    "padded": lambda: x86(False) + efi(True) + b"\xFF" * 512,
    "flb3": lambda: b"FLB3" + b"\x55" * 147 + x86(True) + b"\xAA" * 33 + x86(False) + efi(True),
    "dump": lambda: b"\xFF" * 8192 + x86(False) + efi(True) + b"\xFF" * 1024,
    # A wrong sum, a wrong $PnP, a pointer to no driver, and no last image.
    "faults": lambda: poked(x86(False), 0x200, 0x11) + poked(poked(x86(False), 0x6A, 9), 6, 0)
    + poked(efi(False), 0x80, 0),
}


def poked(image, at, value):
    image[at] = value
    return image


with open(sys.argv[2], "wb") as out:
    out.write(KINDS[sys.argv[1]]())
