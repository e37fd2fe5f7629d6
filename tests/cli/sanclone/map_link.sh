# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# A clone map behind symbolic links: they stay, and the file is where they lead.
truncate -s 1M a.img
mkdir maps
ln -s maps/link here
ln -s real maps/link
for _ in 1 2; do
  sanclone --map here --json a.img b.img | grep -E '"(file|work)"'
done
readlink here maps/link
ls maps
cp maps/real copy
cmp copy here && echo same
sanclone --map copy --fresh a.img b.img >/dev/null
ln -sf nowhere/map maps/link
sanclone --map here a.img b.img
echo $?
