#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""raw_read.py FILE: what mlxconfig would set by a raw file, one setting a line: NAME port=N FIELD=VALUE …. Names, sizes
and places of all fields are those of the database that the package mstflint brings."""
import sqlite3
import sys

DATABASE = "/usr/share/mstflint/mlxconfig_dbs/mlxconfig_host.db"


def number(text):
    """0xBYTE.BIT: bits."""
    whole, bits = text.split(".")
    return int(whole, 16) * 8 + int(bits)


def field_value(data, offset, size, kind, texts):
    offset, size = number(offset), number(size)
    if kind == "STRING":
        at = offset // 32 * 4 + 3 - offset % 32 // 8  # bits count from the lowest of a big-endian word
        return data[at : at + size // 8].rstrip(b"\0").decode()
    word = int.from_bytes(data[offset // 32 * 4 :][:4], "big")
    value = word >> offset % 32 & (1 << size) - 1
    names = dict(reversed(pair.split("=")) for pair in (texts or "").split(",") if pair)
    named = {int(key, 0): name for key, name in names.items()}
    if kind == "ENUM" and value not in named:
        sys.exit(f"{value} is no value of an ENUM: {named}")
    return named.get(value, str(value))


def main():
    database = sqlite3.connect(f"file:{DATABASE}?mode=ro", uri=True)
    lines = open(sys.argv[1], encoding="ascii").read().split("\n")
    if lines[0] != "MLNX_RAW_TLV_FILE" or lines[-1] != "":
        sys.exit("no raw file")
    for line in lines[1:-1]:
        if line.startswith("%"):
            continue
        words = [int(word, 0) for word in line.split(" ")]
        length, kind, port, index = words[0] & 0x1FF, words[1] >> 24, words[1] >> 16 & 0xFF, words[1] & 0xFFFF
        if words[0] & ~0x1FF != 1 << 25 or words[2] != 0:
            sys.exit(f"unexpected header: {line[:32]}")
        name, size = database.execute("select name, size from tlvs where class=? and id=?", (kind, index)).fetchone()
        data = b"".join(word.to_bytes(4, "big") for word in words[3:])
        if not length == size == len(data):
            sys.exit(f"{name} has {size} bytes, not {length} and {len(data)}")
        fields = database.execute(
            "select name, offset, size, type, textual_values from params where tlv_name=? order by offset, name", (name,))
        values = [f"{field}={field_value(data, *rest)}" for field, *rest in fields]
        print(name, f"port={port}", *values)


main()
