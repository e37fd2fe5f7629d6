# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# --remedy writes a script that says what it would do, and replaces no file.
truncate -s 8M disk.img
printf 'label: dos\nlabel-id: 0x1234abcd\nstart=2048, type=83, bootable\n' | sfdisk -q disk.img
sanboot-check -q disk.img --firmware bios --remedy fix.sh
echo "exit code $?"
cat fix.sh
bash -n fix.sh
./fix.sh
echo "exit code $?"
sanboot-check -q disk.img --firmware bios --remedy fix.sh
echo "exit code $?"
