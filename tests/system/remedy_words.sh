#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# A disk whose names of files and interfaces are shell code: the remedy script of sanboot-check --remedy, its mode, and
# what it does by a bash that has no programs and only writes down what it would start.
. "$(dirname "$0")/lib.sh"
require mkfs.ext4 jq
cd "$work"
mkdir -p tree/etc/network/interfaces.d tree/etc/NetworkManager/system-connections tree/usr/sbin
# shellcheck disable=SC2016
printf 'ID=debian\nPRETTY_NAME="$(touch PWNED) </title><script>"\n' >tree/etc/os-release
# shellcheck disable=SC2016
printf '/dev/`touch${IFS}PWNED` / ext4 defaults 0 1\n' >tree/etc/fstab
printf 'source /etc/network/interfaces.d/*\n' >tree/etc/network/interfaces
: >tree/usr/sbin/update-initramfs
interface() { printf 'auto %s\niface %s inet dhcp\n' "$2" "$2" >"tree/etc/network/interfaces.d/$1"; }
interface $'a\n}\ntouch PWNED\nf() {\n:' eth0
interface 'b;touch PWNED' eth0
# shellcheck disable=SC2016
interface c 'x/'\'';touch${IFS}PWNED;:'\'
interface $'d\e]0;x\a\u202e' eth0.5
interface e eth0.5
printf '[connection]\ntype=ethernet\n[ipv4]\nmethod=manual\naddress1=192.0.2.5/24\n' \
  >"tree/etc/NetworkManager/system-connections/f\$(touch PWNED)"
printf '[device]\nkeep-configuration=no\n' >tree/etc/NetworkManager/NetworkManager.conf
truncate -s 32M root.img
mkfs.ext4 -q -d tree root.img

umask 000
status=0
"$SANBOOT_BIN/sanboot-check" root.img --remedy fix.sh --report page.html --json >stdout 2>stderr || status=$?
expect_status 1
[ "$(stat -c %a fix.sh)" = 700 ] || fail "the script has mode $(stat -c %a fix.sh)"
bash -n fix.sh || fail "bash does not read it"
jq -e '.checks[] | select(.id == "LNX-12") | .status == "fail"' stdout >/dev/null || fail "LNX-12 did not fail"

# run ARGUMENT…: status, output in out, what was started in calls: a program a line, its arguments quoted
run() {
  : >calls
  status=0
  # shellcheck disable=SC2016
  env -i PATH=/nonexistent LOG="$PWD/calls" \
    'BASH_FUNC_command_not_found_handle%%=() { printf "%q " "$@" >>"$LOG"; echo >>"$LOG"; [ "$1" != id ] || echo 0; }' \
    /bin/bash fix.sh "$@" >out 2>&1 || status=$?
  [ ! -e PWNED ] || fail "fix.sh $*: text of the disk was run"
  ! grep -q '^touch' calls || fail "fix.sh $*: touch was started"
}
run
expect_status 2
[ ! -s calls ] || fail "without an argument it starts $(cat calls)"
grep -q 'LNX-12' out || fail "it lists nothing"
run LNX-12
expect_status 0
for line in '\/etc\/network\/interfaces.d\/b\\;touch\\ PWNED ' 'eth0\\\\.5' 'vi .*f\\\$\\(touch'; do
  grep -q -- "$line" calls || fail "no $line among: $(cat calls)"
done
[ "$(grep -c '^sed' calls)" = 2 ] || fail "sed is started for names that are none: $(cat calls)"
! grep -qE '<script>[^<]*PWNED|</title><script>' page.html || fail "the page holds the disk's elements"
echo "$(basename "$0"): ok"
