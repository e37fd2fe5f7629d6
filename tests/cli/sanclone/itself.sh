# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
truncate -s 1M a.img
ln -s a.img b.img
ln a.img c.img
for name in a.img ./a.img b.img c.img; do
  sanclone a.img "$name"
  echo "$?"
done
