# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# What --bad-map may replace: nothing that is there but an older one.
head -c 65536 /dev/zero | tr '\0' 'a' >src
cp src precious
ln -s precious link
touch old.map
zero() {
  sanclone src "$1" --on-read-error=zero --bad-map "$2" -q
  echo "$?"
}
zero out src
zero out out
zero out ./out
zero out precious
zero out link
zero out /dev/null
zero new/out new/map
sanclone src out --on-read-error=zero --map m --bad-map m -q
echo "$?"
cmp src precious
ls
zero out old.map
zero out new.map
grep -c sanclone old.map new.map
