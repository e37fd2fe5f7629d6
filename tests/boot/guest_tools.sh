#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# guest_tools.sh GUEST INITRD [--targetctl] PROGRAM…: writes INITRD, that of the guest of small_guest.sh or
# lio_guest.sh in GUEST with the programs, the libraries that they need, and targetctl with the part of Python that it
# needs, if it is wanted and this machine has it. They stand in the guest where they stand here; the programs in /bin.
set -euo pipefail
guest=$1 initrd=$2
shift 2
targetctl=
if [ "$1" = --targetctl ]; then
  targetctl=1
  shift
fi
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
chmod 755 "$root" # it becomes the guest's /, which is not for root alone

# put FILE…: with its directory; what is a link here is a file there.
put() {
  local file
  for file; do
    mkdir -p "$root$(dirname "$file")"
    cp -L "$file" "$root$file"
  done
}

# put_libraries FILE…
put_libraries() {
  local library
  { ldd "$@" 2>/dev/null || true; } | awk '$2 == "=>" {print $3} $1 ~ "^/lib.*/ld-linux" {print $1}' | sort -u |
    while read -r library; do put "$library"; done
}

mkdir -p "$root/bin"
for program; do
  # Debugging information is of no use there.
  strip -o "$root/bin/$(basename "$program")" "$program"
  put_libraries "$program"
done
find "$root" -name 'libsanboot.so*' -exec strip {} +

if [ -n "$targetctl" ] && /usr/bin/python3 -c 'import rtslib_fb' 2>/dev/null; then
  python=$(readlink -f /usr/bin/python3)
  mapfile -t parts < <("$python" -c '
import encodings.utf_8, encodings.ascii, encodings.idna, rtslib_fb, sys
for module in list(sys.modules.values()):
    for name in (getattr(module, "__file__", None), getattr(module, "__cached__", None)):
        if name: print(name)')
  for part in "${parts[@]}"; do
    if [ -f "$part" ]; then put "$part"; fi
  done
  put "$python" /usr/bin/targetctl
  ln -s "$python" "$root/bin/python3"
  # pyudev opens libudev by its name.
  # To its end: ldconfig must not be ended by a pipe that nobody reads.
  libudev=$(/sbin/ldconfig -p | awk '$1 == "libudev.so.1" && !found {print $NF; found = 1}')
  put "$libudev"
  put_libraries "$python" "$libudev" "${parts[@]}"
fi
# /bin of the guest is a directory; here it may be a link to usr/bin.
sed -i '1s|.*|#!/bin/python3|' "$root/usr/bin/targetctl" 2>/dev/null || true
busybox=$(realpath "$guest/busybox")
{
  cat "$guest/initrd"
  cd "$root"
  find . | "$busybox" cpio -o -H newc 2>/dev/null | gzip -1
} >"$initrd"
