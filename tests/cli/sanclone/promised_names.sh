#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# A destination whose name promises what a raw disk is not is refused before anything is touched.
truncate -s 1M disk.img
for name in a.gz a.XZ a.ova a.vpc a.qcow; do
  sanclone disk.img $name
  echo "exit $?"
  sanclone --dry-run disk.img $name >/dev/null 2>&1
  echo "dry run: exit $?"
done
truncate -s 1M there.zip
sanclone disk.img there.zip
echo "exit $?"
ls
sanclone there.zip a.img
echo "as a source: exit $?"
sanclone -q --raw disk.img a.gz
echo "--raw: exit $?"
sanclone -q disk.img a.iso
echo "a name that promises nothing else: exit $?"
ls
