# SPDX-License-Identifier: Apache-2.0
# A disk with nothing on it: no operating system is recognised, and unknown is not READY.
truncate -s 8M disk.img
sanboot-check disk.img
echo "exit code $?"
sanboot-check -q disk.img --firmware bios
echo "exit code $?"
sanboot-check -q disk.img --skip ipxe-07
echo "exit code $?"
sanboot-check disk.img -v --only IPXE
echo "exit code $?"
