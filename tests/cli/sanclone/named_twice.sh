# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# One destination by two names, whether it is there or not; and two that only look alike.
truncate -s 1M disk.img a.img
ln -s a.img link.img
ln a.img hard.img
for other in a.img ./a.img link.img hard.img; do
  sanclone --dry-run disk.img a.img "$other" >/dev/null
  echo "$?"
done
sanclone --dry-run disk.img new.img ./new.img >/dev/null
echo "$?"
sanclone --dry-run disk.img new.img b.img >/dev/null
echo "$?"
sanclone --new-ids disk.img a.img link.img 2>&1 | sed 's/in use:.*/in use/'
