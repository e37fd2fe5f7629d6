#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Files that are replaced as a whole, on a file system without room for the new one: exit code 3, the old file as it was,
# and nothing beside it; with room again the same command succeeds.
. "$(dirname "$0")/lib.sh"
require sgdisk
[ "$(id -u)" -eq 0 ] || skip "a small file system needs root"
cd "$work" || exit
mkdir small
mount -t tmpfs -o size=512k none small || skip "tmpfs cannot be mounted"
trap 'umount "$work/small"; cleanup' EXIT

truncate -s 8M disk && sgdisk -n 1:2048:0 disk >/dev/null
cat >profile <<'END'
[initiator]
name = "iqn.2026-11.org.example:m"
[target]
portal = "192.0.2.1:3260"
name = "iqn.2026-11.org.example:t"
lun = 1
END

# Each command, and the file that it replaces.
cases=(
  "small/a.svg|sanlun map disk --svg small/a.svg"
  "small/a.html|sanboot-check disk --report small/a.html"
  "small/a.ipxe|sanflash export --profile profile --format ipxe --overwrite -o small/a.ipxe"
)
run() {
  local words
  read -ra words <<<"$1"
  status=0
  "$SANBOOT_BIN/${words[0]}" "${words[@]:1}" >stdout 2>stderr || status=$?
}
for one in "${cases[@]}"; do
  file=${one%%|*} command=${one#*|}
  run "$command"
  [ "$status" -le 1 ] || fail "exit code $status: $command: $(cat stderr)"
  before=$(sha256sum "$file")
  chmod 640 "$file"
  head -c 1M /dev/zero >small/filler 2>/dev/null || true
  run "$command"
  [ "$status" = 3 ] || fail "exit code $status without room: $command: $(cat stderr)"
  grep -q 'No space left' stderr || fail "$command: $(cat stderr)"
  [ "$(sha256sum "$file")" = "$before" ] || fail "the old file has changed: $command"
  [ "$(find small -type f | sort | paste -sd ' ')" = "$file small/filler" ] || fail "left: $(ls small)"
  rm small/filler
  run "$command"
  [ "$status" -le 1 ] || fail "exit code $status with room again: $command: $(cat stderr)"
  rm "$file"
done

say "an image that is streamed"
head -c 2M /dev/urandom >random
run "sanclone random small/image.zst"
[ "$status" = 3 ] || fail "exit code $status: $(cat stderr)"
[ -z "$(ls -A small)" ] || fail "left: $(ls small)"
mount -o remount,size=8m small
run "sanclone random small/image.zst"
[ "$status" = 0 ] || fail "exit code $status: $(cat stderr)"
[ "$(ls -A small)" = image.zst ] || fail "left: $(ls small)"
