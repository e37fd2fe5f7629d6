# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
truncate -s 1M a.img
url=iscsi://127.0.0.1:1/iqn.2026-11.org.example:x/1
sanclone a.img "$url" --chap-user me --chap-secret-file missing
echo "$?"
printf 'short\n' >short
chmod 600 short
sanclone a.img "$url" --chap-user me --chap-secret-file short
echo "$?"
: >empty
chmod 600 empty
sanclone a.img "$url" --chap-user me --chap-secret-file empty
echo "$?"
printf 'long-enough-secret\n' >open
chmod 644 open
sanclone a.img "$url" --chap-user me --chap-secret-file open
