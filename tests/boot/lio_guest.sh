#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# lio_guest.sh DIRECTORY: makes DIRECTORY/vmlinuz and DIRECTORY/initrd, a guest that is nothing but Linux' own
# iSCSI target (LIO): Debian's kernel, the modules for it, busybox, and a script that sets it up through configfs.
# LUN 0 and LUN 1 of iqn.2026-11.org.example:lio lie in the guest's memory; lun_size=SIZE (bytes), thin=1 and
# same_naa=1 on the kernel's command line are for them. "lio: ready" on the serial console says that it listens.
# With shell=1 there is no target; each connection to port 3261 gets a shell. A guest that has been made
# there by this very script is taken as it is.
set -euo pipefail
directory=$1
mkdir -p "$directory"
small=$(cd "$(dirname "$0")" && pwd)/small_guest.sh
made=$(cat "$0" "$small" | md5sum)
exec 9>"$directory/lock"
flock 9
[ "$(cat "$directory/made" 2>/dev/null)" != "$made" ] || exit 0
cd "$directory"
rm -f made
cat >init <<'END'
#!/bin/busybox sh
/bin/busybox --install -s /bin
mount -t proc none /proc
mount -t sysfs none /sys
mount -t devtmpfs none /dev
mount -t tmpfs -o size=90% none /data
mkdir -p /etc/target /etc/rtslib-fb-target
lun_size=268435456 thin=0 same_naa=0 shell=0
for word in $(cat /proc/cmdline); do case $word in lun_size=* | thin=* | same_naa=* | shell=*) eval "$word" ;; esac; done
for module in virtio_pci virtio_net crc32c_generic target_core_file target_core_iblock iscsi_target_mod loop; do
  modprobe $module
done
mount -t configfs none /sys/kernel/config
ip link set lo up
ip addr add 10.0.2.15/24 dev eth0
ip link set eth0 up
if [ $shell -ne 0 ]; then
  echo "lio: ready"
  while :; do nc -ll -p 3261 -e sh; done
fi
target=/sys/kernel/config/target
tpg=$target/iscsi/iqn.2026-11.org.example:lio/tpgt_1
mkdir -p $target/iscsi/iqn.2026-11.org.example:lio/tpgt_1
for n in 0 1; do
  disk=$target/core/fileio_$n/disk$n
  mkdir -p $disk
  echo "fd_dev_name=/data/disk$n,fd_dev_size=$lun_size,fd_buffered_io=1" >$disk/control
  # The NAA identifier holds the first 25 digits of it: LUNs that differ behind them have the same one.
  serial=c0ffee0$n-0000-4000-8000-000000000000
  [ $same_naa -eq 0 ] || serial=c0ffee00-0000-4000-8000-00000000000$n
  echo $serial >$disk/wwn/vpd_unit_serial
  echo 1 >$disk/enable
  echo $thin >$disk/attrib/emulate_tpu
  echo $thin >$disk/attrib/emulate_tpws
  mkdir -p $tpg/lun/lun_$n
  ln -s $disk $tpg/lun/lun_$n/disk
done
echo 0 >$tpg/attrib/authentication
echo 1 >$tpg/attrib/generate_node_acls
echo 1 >$tpg/attrib/cache_dynamic_acls
echo 0 >$tpg/attrib/demo_mode_write_protect
mkdir -p $tpg/np/0.0.0.0:3260
echo 1 >$tpg/enable
echo "lio: ready"
while :; do sleep 1000; done
END
"$small" . init virtio_pci virtio_net crc32c_generic target_core_file target_core_iblock iscsi_target_mod loop
rm init
echo "$made" >made
