#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""store_make.py FILE [plain]: an empty UEFI variable store of 32 KiB in a firmware volume of 64 KiB, made by the tables
of the PI specification and of EDK2's VariableFormat.h; with the fields of authenticated variables unless plain."""
import struct
import sys
import uuid

size, store = 65536, 32768 - 72
guid = "ddcf3616-3275-4164-98b6-fe85707ffe7d" if "plain" in sys.argv[2:] else "aaf32c78-947b-439a-a180-2e144ec37792"
header = bytearray(16) + uuid.UUID("fff12b8d-7696-4c8b-a985-2747075b4f50").bytes_le
header += struct.pack("<Q4sIHHHBBIIII", size, b"_FVH", 0x4FEFF, 72, 0, 0, 0, 2, size // 4096, 4096, 0, 0)
total = sum(struct.unpack("<36H", header)) & 0xFFFF
struct.pack_into("<H", header, 50, -total & 0xFFFF)
header += uuid.UUID(guid).bytes_le + struct.pack("<IBBHI", store, 0x5A, 0xFE, 0, 0)
with open(sys.argv[1], "wb") as out:
    out.write(header + b"\xff" * (size - len(header)))
