# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# What is wrong about a command line that destroys, before anything is touched.
u=iscsi://127.0.0.1:1/iqn.2026-11.org.example:a/1
for line in "" "$u" "disk.img --destroy" "$u --destroy --force=live" "$u --destroy --force=" "$u --destory" \
  "iscsi://a:b@127.0.0.1/iqn.2026-11.org.example:a/1 --destroy" "$u $u --destroy"; do
  # shellcheck disable=SC2086 # words
  sanlun probe $line || echo "exit code $?"
done
sanlun --json probe $u
sanlun probe --help
