#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# From nothing to a verified clone on an iSCSI LUN, on Debian 12: installs what is needed, builds sanboot, starts
# a private iSCSI target on this machine, makes a small disk image, clones it, and asks whether a machine would boot
# from it. Run it as often as you like; it leaves nothing behind but the build.
set -eu
cd "$(dirname "$0")/.."

build=build/quickstart
iqn=iqn.2026-11.org.example:quickstart
target=
work=

if [ -t 1 ]; then bold=$(printf '\033[1m') plain=$(printf '\033[0m'); else bold='' plain=''; fi
step() { printf '\n%s%s%s\n' "$bold" "$*" "$plain"; }
show() { printf '  $ %s\n' "$*"; }
fail() {
  printf 'quickstart: %s\n' "$*" >&2
  exit 3
}

cleanup() {
  if [ -n "$target" ]; then
    kill -KILL "$target" 2>/dev/null || true
    wait "$target" 2>/dev/null || true
  fi
  [ -z "$work" ] || rm -rf "$work"
}
trap cleanup EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

work=$(mktemp -d "${TMPDIR:-/tmp}/quickstart.XXXXXX")

step "1. Packages"
[ -r /etc/debian_version ] || fail "this script knows Debian's packages only; README.md names the libraries"
had_tgt=$(command -v tgtd || true)
sh examples/install-packages.sh examples/packages.txt examples/quickstart-packages.txt
PATH=$PATH:/usr/sbin:/sbin
echo "All there."

step "2. Build (a few minutes the first time)"
cmake --preset release -B "$build" -DBUILD_TESTING=OFF >"$work/cmake.log" 2>&1 || {
  cat "$work/cmake.log"
  fail "cmake did not succeed"
}
cmake --build "$build"
sanclone=$build/tools/sanclone
check=$build/tools/sanboot-check

step "3. A disk image: 256 MiB, a GPT, an ext4 file system with files on it"
mkdir "$work/files"
cp -R README.md LICENSE lib tools "$work/files/"
head -c 50000000 /dev/urandom >"$work/files/random-data"
truncate -s 256M "$work/disk.img"
sgdisk --new=1:2048:0 --typecode=1:8300 --change-name=1:root "$work/disk.img" >/dev/null
mke2fs -q -t ext4 -b 4096 -L quickstart -E offset=1048576 -d "$work/files" "$work/disk.img" 254M
ls -lsh "$work/disk.img"

step "4. A private iSCSI target on 127.0.0.1 with a thin LUN"
export TGT_IPC_SOCKET="$work/tgt"
truncate -s 256M "$work/lun"
tgt() { tgtadm --lld iscsi -C 1 "$@"; }

# listening PORT: whether our tgtd has that port. Where it is taken, tgtd silently serves port 3260 instead.
listening() { ss -Hltnp "sport = :$1" | grep -q "pid=$target,"; }

port=$((20000 + $$ % 12000))
tries=0
while :; do
  until [ -z "$(ss -Hltn "sport = :$port")" ]; do port=$((port + 1)); done
  tgtd -f --iscsi "portal=127.0.0.1:$port" -C 1 >"$work/tgtd.log" 2>&1 &
  target=$!
  waited=0
  until listening "$port" || [ "$waited" -ge 50 ] || ! kill -0 "$target" 2>/dev/null; do
    sleep 0.1
    waited=$((waited + 1))
  done
  if listening "$port"; then break; fi
  kill -KILL "$target" 2>/dev/null || true
  wait "$target" 2>/dev/null || true
  target=
  tries=$((tries + 1))
  port=$((port + 1))
  if [ "$tries" -ge 5 ]; then
    cat "$work/tgtd.log"
    fail "tgtd does not start"
  fi
done
until tgt --mode target --op show >/dev/null 2>&1; do sleep 0.1; done
tgt --mode target --op new --tid 1 -T "$iqn"
tgt --mode logicalunit --op new --tid 1 --lun 1 -b "$work/lun"
tgt --mode logicalunit --op update --tid 1 --lun 1 --params thin_provisioning=1
tgt --mode target --op bind --tid 1 -I ALL
url=iscsi://127.0.0.1:$port/$iqn/1
echo "$url"

step "5. Clone the image onto the LUN, and read it back"
show "sanclone disk.img $url --verify"
"$sanclone" "$work/disk.img" "$url" --verify

step "6. Is it there?"
show "sanclone disk.img $url --compare"
"$sanclone" "$work/disk.img" "$url" --compare
show "cmp disk.img BACKING-FILE-OF-THE-LUN"
cmp "$work/disk.img" "$work/lun"
echo "The same, byte for byte."

step "7. Would a machine boot from it?"
show "sanboot-check $url --initiator iqn.2026-11.org.example:host1"
verdict=0
"$check" "$url" --initiator iqn.2026-11.org.example:host1 || verdict=$?
[ "$verdict" -le 1 ] || fail "sanboot-check did not come to a verdict"
echo
echo "NOT READY is right: there are files on this disk, and no operating system. Of one with a system you would read"
echo "here what keeps it from booting over iSCSI, where that was found, and what to do about it."

step "Done. What to type next"
cat <<END
  $sanclone --help
  $check --help
  man -l man/sanclone.1 man/sanboot-check.1
  sudo cmake --install $build && sudo ldconfig        then they are commands

  sanclone disk.img iscsi://HOST/IQN/LUN --dry-run     what would be done to a LUN of yours; nothing is touched
  sanclone /dev/sda iscsi://HOST/IQN/LUN --verify      a whole disk that is not in use
  sanclone iscsi://HOST/IQN/LUN disk.img               and back into a sparse image
  sanboot-check --live                                 what this machine lacks to boot from a LUN
  examples/clone-and-cut-over.sh --help                the whole road of one machine
END
if [ -z "$had_tgt" ]; then
  cat <<END

  The package tgt was installed; it may have started a target without LUNs on port 3260. If you do not want it:
  sudo systemctl disable --now tgt
END
fi
