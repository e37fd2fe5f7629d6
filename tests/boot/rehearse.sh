#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# sanboot-check --rehearse: the golden disk comes up from its LUN by a BIOS. The disk is not changed, and nothing is left
# behind. With SANBOOT_TEST_LONG=1 it comes up from its image by UEFI, too.
. "$(dirname "$0")/../system/lib.sh"
require qemu-system-x86_64 qemu-storage-daemon tgtd setpriv jq
boot=$(cd "$(dirname "$0")" && pwd)
[ -e /usr/share/OVMF/OVMF_CODE.fd ] || skip "OVMF is not installed"
[ -w /dev/fuse ] || skip "there is no FUSE"
unshare --net true 2>/dev/null || skip "no network namespaces"
golden=${SANBOOT_GOLDEN:-$SANBOOT_BIN/../golden}
"$boot/golden_disk.sh" "$golden" || skip "no golden disk"
disk=$work/disk.img
cp --sparse=always "$golden/golden.img" "$disk"
before=$(sha256sum <"$disk")
mkdir "$work/tmp"

# rehearse NAME OPTION…: in the background; what it finds goes to $work/NAME.json, its exit code to $work/NAME.status.
rehearse() {
  local name=$1
  shift
  (
    trap - ERR
    code=0
    TMPDIR=$work/tmp "$SANBOOT_BIN/sanboot-check" --rehearse --rehearse-timeout 400 --json -v "$@" \
      >"$work/$name.json" 2>"$work/$name.log" &
    echo $! >"$work/$name.pid"
    wait $! || code=$?
    echo "$code" >"$work/$name.status"
  ) &
}

# ended NAME STATUS FILTER…: it ended so, and the filters hold for OPS-02.
ended() {
  local name=$1 wanted=$2 filter
  shift 2
  wait_until 450 test -s "$work/$name.status" || fail "$name: does not end"
  cp "$work/$name.json" "$work/stdout"
  cp "$work/$name.log" "$work/stderr"
  status=$(cat "$work/$name.status")
  expect_status "$wanted"
  for filter; do
    jq -e ".checks[] | select(.id == \"OPS-02\") | $filter" "$work/stdout" >/dev/null || fail "$name: $filter"
  done
  say "  $(jq -r '.checks[] | select(.id == "OPS-02") | .evidence[1].found' "$work/stdout")"
}

# A LUN with CHAP. The machine knows another way to it, which the rehearsal takes from the profile.
start_tgtd
new_tgt_lun "$disk" 0 chap=host1:hostsecret1234
(umask 077 && echo hostsecret1234 >"$work/host1.secret")
cat >"$work/host1.toml" <<PROFILE
[initiator]
name = "iqn.2026-11.org.example:host1"
mac = "52:54:00:12:ab:56"
dhcp = false
address = "192.168.7.15/24"
gateway = "192.168.7.1"
[target]
portal = "192.168.9.9:3261"
reach = "127.0.0.1:$tgtd_port"
name = "${iqn}1"
lun = 1
[auth]
method = "chap"
user = "host1"
secret_file = "host1.secret"
[boot]
firmware = "bios"
PROFILE

say "from the LUN, by a BIOS"
rehearse bios "profile:$work/host1.toml" --nic e1000
ended bios 0 '.status == "pass"' '.evidence | tostring | test("without CHAP")'
expect_json '.verdict == "READY"' '.examined | index("proof")'
! grep -q hostsecret "$work"/bios.* || fail "a secret is shown"

if [ -n "${SANBOOT_TEST_LONG:-}" ]; then
  say "from the image, by UEFI"
  rehearse uefi "$disk" --firmware uefi --nic virtio_net
  ended uefi 0 '.status == "pass"'
  expect_json '.verdict == "READY"'
fi

say "Ctrl-C"
rehearse cut "$disk" --firmware bios --nic e1000 --only OPS-02
wait_until 60 grep -sq 'the rehearsal runs' "$work/cut.log" || fail "it does not start"
kill -INT "$(cat "$work/cut.pid")"
wait_until 60 test -s "$work/cut.status" || fail "Ctrl-C does not end it"
[ "$(cat "$work/cut.status")" = 130 ] || fail "exit code $(cat "$work/cut.status") after Ctrl-C"

[ "$(sha256sum <"$disk")" = "$before" ] || fail "the disk has changed"
[ -z "$(ls -A "$work/tmp")" ] || fail "files are left: $(ls "$work/tmp")"
! pgrep -f "$work/tmp" || fail "processes are left"
! grep -q "$work/tmp" /proc/mounts || fail "a mount is left"
