# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
truncate -s 1M a.img
for option in --freeze=0 --freeze=-1 --freeze=5m --freeze=86401; do
  sanclone "$option" a.img b.img
  echo "$option $?"
done
sanclone --freeze iscsi://host/iqn.x:y/1 b.img
echo $?
sanclone --freeze - b.img </dev/null
echo $?
sanclone --freeze no.img b.img
echo $?
sanclone --force=alive a.img b.img
echo $?
sanclone --freeze a.img b.img --dry-run | head -n 1
ls
