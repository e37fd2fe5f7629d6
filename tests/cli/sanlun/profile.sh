# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# A wrong profile is a wrong option, on either side of the verb.
url=iscsi://127.0.0.1:1/iqn.2026-11.org.example:x/1
printf '[initiator]\nname = "iqn.2026-11.org.example:a_b"\n[target]\nportal = "san"\nname = "x"\n' >bad.toml
sanlun list "$url" --profile missing.toml
echo "$?"
sanlun -p bad.toml list "$url"
echo "$?"
sanlun list "$url" --profile=
echo "$?"
sanlun list "$url" -p bad.toml --json
echo "$?"
