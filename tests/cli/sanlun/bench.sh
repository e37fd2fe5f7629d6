# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# What is wrong about a command line that measures, before anything is touched.
u=iscsi://127.0.0.1:1/iqn.2026-11.org.example:a/1
truncate -s 64M disk.img
truncate -s 1M small.img
for line in "" "$u --write" "$u --destroy" "$u --force=unknown-content" "$u --write --destroy --force=in-use" \
  "$u --seconds 0" "$u --seconds x" "$u --wirte" "ftp://x/y" "small.img" "none.img"; do
  # shellcheck disable=SC2086 # words
  sanlun bench $line || echo "exit code $?"
done
sanlun bench disk.img --write --json
sanlun bench --help
