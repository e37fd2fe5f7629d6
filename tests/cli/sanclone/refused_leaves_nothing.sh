# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# A clone that is refused makes no file, and makes none longer.
truncate -s 1M a.img
sanclone --map m a.img b.img >/dev/null
echo $?
echo "another destination, new and old"
sanclone --map m a.img new.img
echo $?
truncate -s 512K old.img
sanclone --map m a.img old.img
echo $?
sanclone --map m a.img new.qcow2
echo $?
sanclone --map m a.img old.img new.img
echo $?
echo "a map that cannot be made"
sanclone --map no/m a.img new.img
echo $?
echo "one of two destinations is none"
sanclone a.img new.img no/such.img
echo $?
sanclone a.img new.img new.qcow2 no/such.img
echo $?
echo "the same destination twice, in a new map"
sanclone --map m2 a.img new.img ./new.img
echo $?
stat -c '%n %s' ./*.img
ls
