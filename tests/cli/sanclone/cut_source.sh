# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# An MBR with one partition of 1 MiB from 1 MiB on.
truncate -s 2M disk.img
printf '\0\0\0\0\x83\0\0\0\0\x08\0\0\0\x08\0\0' | dd of=disk.img bs=1 seek=446 conv=notrunc status=none
printf '\x55\xaa' | dd of=disk.img bs=1 seek=510 conv=notrunc status=none
head -c 1500000 disk.img >cut.img
for options in '' --dry-run --json '--new-ids --force=cut-source'; do
  # shellcheck disable=SC2086 # several options
  sanclone $options cut.img copy.img
  echo "$options: $?"
done
sanclone - copy.img.zst < <(cat cut.img)
echo "pipe: $?"
sanclone --stream=zst disk.img copy.img
echo "stream to a file: $?"
sanclone --stream=gz disk.img -
echo "unknown stream: $?"
sanclone --force=cut-sources disk.img copy.img
echo "unknown reason: $?"
ls
