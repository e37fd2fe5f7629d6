# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# What does not go together with a copy by the target. Nothing listens on port 1: nobody is asked.
from=iscsi://127.0.0.1:1/iqn.2026-11.org.example:t/1
to=${from%1}2
status=0
for arguments in "disk.img $to" "$from disk.img" "$from $to $to" "$from $to --map=m" "$from $to --used-only" \
  "$from $to --rate=1M" "$from $to --block=1M" "$from $to --zero=skip" "$from $to --on-read-error=zero" \
  "$from $to --compare"; do
  # shellcheck disable=SC2086 # several arguments
  sanclone --offload=require $arguments || status=$?
  [ "$status" -eq 2 ] || echo "exit $status: $arguments"
done
sanclone --offload=sometimes "$from" "$to"
