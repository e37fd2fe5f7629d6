# shellcheck shell=bash disable=SC2154 # work is of lib.sh
# SPDX-License-Identifier: Apache-2.0
# A disk with a Windows, for tests that source lib.sh first: GPT, EFI system partition, NTFS with hives that
# hivexregedit filled.
require sgdisk mkntfs ntfscp ntfs-3g fusermount mformat mmd mcopy hivexregedit
{ [ -r /dev/fuse ] && [ -w /dev/fuse ]; } || skip "directories on NTFS are made through FUSE, which is not here"

# Identifiers as sgdisk takes them, and as Windows stores them.
disk=0B2394A9-095E-487D-8D48-719ECD4D78CA
partition=8E0F2C38-E4EA-47BA-B7FC-9D8C74DCCF0B
raw_disk=a9,94,23,0b,5e,09,7d,48,8d,48,71,9e,cd,4d,78,ca
raw_partition=38,2c,0f,8e,ea,e4,ba,47,b7,fc,9d,8c,74,dc,cf,0b
zeros=00,00,00,00
nic='{5F3F359E-9D52-4566-9BEC-37EFDFB25ABE}'
filter='{B70D6460-3635-4D42-B866-B8AB1A24454C}'
net='{4d36e972-e325-11ce-bfc1-08002be10318}'

# driver NAME START FILE: a service in the language of regedit.
driver() {
  printf '\n[\\ControlSet001\\Services\\%s]\n"Start"=dword:%08x\n"ImagePath"=str(2):"System32\\\\drivers\\\\%s"\n' "$1" "$2" "$3"
}

system_registry() {
  cat <<END
Windows Registry Editor Version 5.00

[\\Select]
"Current"=dword:00000001

[\\MountedDevices]
"\\\\DosDevices\\\\C:"=hex(3):44,4d,49,4f,3a,49,44,3a,$raw_partition

[\\ControlSet001\\Control\\Class\\{4d36e967-e325-11ce-bfc1-08002be10318}]
"UpperFilters"=str(7):"partmgr"

[\\ControlSet001\\Control\\Class\\$net\\0001]
"NetCfgInstanceId"="$nic"

[\\ControlSet001\\Control\\Class\\$net\\0001\\Linkage]
"Export"=str(7):"\\\\Device\\\\$nic"
"RootDevice"=str(7):"$nic"
"UpperBind"=str(7):"Tcpip"
"FilterList"=str(7):"$nic-$filter-0000"

[\\ControlSet001\\Control\\Network\\{4d36e974-e325-11ce-bfc1-08002be10318}\\$filter\\Ndi]
"Service"="WfpLwf"
"FilterRunType"=dword:00000002

[\\ControlSet001\\Enum\\PCI\\VEN_8086&DEV_10D3&SUBSYS_00008086&REV_00\\3&1&0&10]
"ClassGUID"="$net"
"Service"="e1i65x64"
"Driver"="$net\\\\0001"
"ConfigFlags"=dword:00000000

[\\ControlSet001\\Enum\\ROOT\\ISCSIPRT\\0000]
"Service"="iScsiPrt"

[\\ControlSet001\\Services\\disk]
"Start"=dword:00000000
"TimeOutValue"=dword:00000078
END
  driver iScsiPrt 0 msiscsi.sys
  driver NDIS 0 ndis.sys
  driver partmgr 0 partmgr.sys
  driver e1i65x64 3 e1i65x64.sys
  echo '"BootFlags"=dword:00000001'
  driver Tcpip 0 tcpip.sys
  printf '\n[\\ControlSet001\\Services\\Tcpip\\Linkage]\n"Bind"=str(7):"\\\\Device\\\\%s"\n' "$nic"
  printf '\n[\\ControlSet001\\Services\\Tcpip\\Parameters\\Interfaces\\%s]\n' "$nic"
}

boot_registry() {
  local entry='{733b62e5-f608-11eb-825c-c112f60133ab}' device
  device="$zeros,$zeros,$zeros,$zeros,06,00,00,00,$zeros,48,00,00,00,$zeros,$raw_partition,$zeros,$zeros,$raw_disk,$zeros,$zeros,$zeros,$zeros"
  cat <<END
Windows Registry Editor Version 5.00

[\\Objects\\{9dea862c-5cdd-4e70-acc1-f32b344d4795}\\Elements\\23000003]
"Element"="$entry"

[\\Objects\\$entry\\Elements\\11000001]
"Element"=hex(3):$device

[\\Objects\\$entry\\Elements\\12000002]
"Element"="\\\\Windows\\\\System32\\\\winload.efi"

[\\Objects\\$entry\\Elements\\21000001]
"Element"=hex(3):$device
END
}

software_registry() {
  cat <<'END'
Windows Registry Editor Version 5.00

[\Microsoft\Windows NT\CurrentVersion]
"ProductName"="Windows Server 2022 Standard"
"CurrentVersion"="6.3"
"CurrentBuild"="20348"
"UBR"=dword:0000073a
END
}

# with_parents: hivexregedit makes no key whose parent is not there yet.
with_parents() {
  awk '/^\[/ {
    count = split(substr($0, 3, length($0) - 3), part, /\\/)
    path = ""
    for (i = 1; i < count; i++) {
      path = path "\\" part[i]
      if (!(path in seen)) printf "[%s]\n\n", path
      seen[path] = 1
    }
    seen[path "\\" part[count]] = 1
  }
  { print }'
}

# hive NAME: made of what NAME_registry prints.
hive() {
  "$SANBOOT_SUPPORT/minimal_hive" >"$work/$1"
  "$1_registry" | with_parents >"$work/$1.reg"
  hivexregedit --merge "$work/$1" "$work/$1.reg" || fail "hivexregedit does not take $1.reg"
}

make_parts() {
  local name
  truncate -s 16M "$work/esp"
  mformat -i "$work/esp" -T 32768 ::
  mmd -i "$work/esp" ::EFI ::EFI/Microsoft ::EFI/Microsoft/Boot
  echo x >"$work/stub"
  mcopy -i "$work/esp" "$work/stub" ::EFI/Microsoft/Boot/bootmgfw.efi
  mcopy -i "$work/esp" "$work/boot" ::EFI/Microsoft/Boot/BCD
  truncate -s 32M "$work/ntfs"
  mkntfs -Q -F -q "$work/ntfs" >"$work/stdout" 2>&1 || fail "mkntfs"
  mkdir "$work/mnt"
  ntfs-3g "$work/ntfs" "$work/mnt" 2>"$work/stderr" || skip "NTFS cannot be mounted through FUSE here"
  mkdir -p "$work/mnt/Windows/System32/config" "$work/mnt/Windows/System32/drivers"
  fusermount -u "$work/mnt"
  for name in msiscsi ndis partmgr tcpip e1i65x64; do
    ntfscp -q -f "$work/ntfs" "$work/stub" "/Windows/System32/drivers/$name.sys"
  done
  ntfscp -q -f "$work/ntfs" "$work/stub" /Windows/System32/winload.efi
  ntfscp -q -f "$work/ntfs" "$work/software" /Windows/System32/config/SOFTWARE
  ntfscp -q -f "$work/ntfs" "$work/system" /Windows/System32/config/SYSTEM
}

# A disk of the two partitions as they were made, $work/disk.img; its NTFS alone is $work/part until assemble.
fresh() {
  cp --sparse=always "$work/ntfs" "$work/part"
  truncate -s 0 "$work/disk.img"
  truncate -s 52M "$work/disk.img"
  sgdisk -U "$disk" -n 1:2048:+16M -t 1:ef00 -n 2:0:+32M -t 2:0700 -u "2:$partition" "$work/disk.img" >"$work/stdout"
  dd if="$work/esp" of="$work/disk.img" bs=1M seek=1 conv=notrunc,sparse status=none
}

assemble() { dd if="$work/part" of="$work/disk.img" bs=1M seek=17 conv=notrunc,sparse status=none; }

# with_registry TEXT: the NTFS of $work/part with that merged into its SYSTEM hive.
with_registry() {
  cp "$work/system" "$work/changed"
  printf 'Windows Registry Editor Version 5.00\n\n%s\n' "$1" | with_parents >"$work/change.reg"
  hivexregedit --merge "$work/changed" "$work/change.reg"
  ntfscp -q -f "$work/part" "$work/changed" /Windows/System32/config/SYSTEM
}
