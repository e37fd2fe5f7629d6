# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
for option in --rate=5x --rate=-1 --rate= --block=0 --block=1000 --sessions=0 --sessions=17 --depth=0 --zero=maybe \
  --verify=twice --progress=loud --color=blue; do
  sanclone "$option" a.img b.img
  echo "$option $?"
done
