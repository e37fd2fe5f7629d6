#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""read_variables.py FILE: the valid variables of a UEFI variable store, a line each: name, vendor, attributes, data in
hexadecimal. An oracle for the tests: written from the PI specification (firmware volumes) and the tables of EDK2's
VariableFormat.h, and sharing nothing with the library."""
import struct
import sys
import uuid

flash = open(sys.argv[1], "rb").read()
volume = flash.index(b"_FVH") - 40
header_length = struct.unpack_from("<H", flash, volume + 48)[0]
words = struct.unpack_from("<%dH" % (header_length // 2), flash, volume)
assert sum(words) & 0xFFFF == 0, "checksum of the volume header"
store = volume + header_length
guid = str(uuid.UUID(bytes_le=flash[store : store + 16]))
size, form, state = struct.unpack_from("<IBB", flash, store + 16)
assert (form, state) == (0x5A, 0xFE), "store is not formatted and healthy"
tail = {"aaf32c78-947b-439a-a180-2e144ec37792": 36, "ddcf3616-3275-4164-98b6-fe85707ffe7d": 8}[guid]
at = store + 28
while at + tail + 24 <= store + size:
    start, state, _, attributes = struct.unpack_from("<HBBI", flash, at)
    if start != 0x55AA:
        break
    name_size, data_size = struct.unpack_from("<II", flash, at + tail)
    vendor = uuid.UUID(bytes_le=flash[at + tail + 8 : at + tail + 24])
    name_at = at + tail + 24
    if state == 0x3F:
        name = flash[name_at : name_at + name_size].decode("utf-16-le").rstrip("\0")
        data = flash[name_at + name_size : name_at + name_size + data_size]
        print(name.replace(" ", "_"), vendor, attributes, data.hex())
    at = (name_at + name_size + data_size + 3) & ~3
assert set(flash[at : store + size]) <= {0xFF}, "the rest of the store is not erased"
