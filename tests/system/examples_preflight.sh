#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# The scripts of examples/ about a cut-over: what they do dry, in earnest, on the way back, and at night. The small disk
# that they are given has no more of a system than its name; how its verdict comes to be is tested elsewhere.
. "$(dirname "$0")/lib.sh"
require tgtd tgtadm jq sgdisk mke2fs python3 flock
image_size=16M
examples=$here/../../examples
cd "$work"
mkdir -p files/{etc,usr/lib,sbin,boot} bin
ln -s "$SANBOOT_BIN"/{sanlun,sanflash,sanclone,sanboot-check} bin/
PATH=$work/bin:$PATH

printf 'ID=debian\nVERSION_ID="12"\nPRETTY_NAME="Debian, what there is of it"\n' >files/etc/os-release
truncate -s "$image_size" disk.img
sgdisk --new=1:2048:0 --typecode=1:8300 disk.img >/dev/null
mke2fs -q -t ext4 -E offset=1048576 -d files disk.img 14M
start_tgtd
new_tgt_lun "$work/lun" "$image_size"
cat >host1.toml <<END
[initiator]
name = "iqn.2026-11.org.example:host1"
[target]
portal = "127.0.0.1:$tgtd_port"
name = "$iqn$tgt_tid"
lun = 1
[boot]
firmware = "bios"
END
python3 "$here/../support/nvm/nvm_make.py" I350 card.bin --ports 2 --mask ffffff00
cp card.bin card.before
disk_hash=$(sha256sum <disk.img)

# script NAME ARGUMENT…: its exit code goes to $status.
script() {
  local name=$1
  shift
  status=0
  timeout --kill-after=5 120 "$examples/$name.sh" "$@" >stdout 2>stderr || status=$?
  [ "$(sha256sum <disk.img)" = "$disk_hash" ] || fail "the disk was changed"
}
road() { script clone-and-cut-over --nic e1000 --flash nvm:card.bin --export ipxe --check --firmware=bios "$@" disk.img host1.toml; }
blank() { cmp -s -n 16777216 lun /dev/zero; }

say "usage"
script clone-and-cut-over disk.img
expect_status 2
script clone-and-cut-over --yse disk.img host1.toml
expect_status 2
script clone-and-cut-over --help
expect_status 0
expect_text stdout '^Usage' '--back'

say "dry"
road
expect_status 1
expect_text stdout '^NOT READY' '--dry-run' 'would run: sanflash export' 'Nothing was changed'
blank || fail "a rehearsal has written to the LUN"
same card.bin card.before
[ ! -e host1.cut-over ] || fail "a rehearsal has left something behind"

say "a disk that is not there"
road --yes --state no-disk --clone --no-such-option
expect_status 2
script clone-and-cut-over --yes --state no-disk no-such.img host1.toml
expect_status 2
blank || fail "the LUN was written to"

say "in earnest, with a clone that stops twice"
rm bin/sanclone
cat >bin/sanclone <<END
#!/bin/bash
echo x >>"$work/calls"
[ "\$(wc -l <"$work/calls")" -gt 2 ] || exit 5
exec "$SANBOOT_BIN/sanclone" "\$@"
END
chmod +x bin/sanclone
road --yes --wait 0 --tries 1
expect_status 5
rm calls
road --yes --wait 0
expect_status 1
same lun disk.img
expect_text stdout '^NOT READY' '2 of 10' 'no boot settings were written'
grep -q '<html' host1.cut-over/report.html || fail "no report"
if ! [ -s host1.cut-over/remedies.sh ] || ! [ -s host1.cut-over/clone.map ]; then fail "something is not there"; fi
grep -q '#!ipxe' host1.cut-over/ipxe || fail "no script for iPXE"
same card.bin card.before
[ ! -e host1.cut-over/cut-over ] || fail "cut over, and NOT READY"

say "over what stands in the way"
sanboot-check profile:host1.toml --nic e1000 --source disk.img --json >check.json || true
skip=$(jq -r '[.checks[] | select(.severity == "blocker" and (.status == "fail" or .status == "unknown")) | .id] | join(",")' check.json)
road --yes --skip "$skip"
expect_status 0
expect_text stdout '^READY' 'Done here' '--back'
cmp -s card.bin card.before && fail "no settings were written"
same host1.cut-over/nvm_card.bin.backup card.before

say "what the machine writes now is not overwritten by mistake"
printf 'written by the machine' | dd of=lun bs=1 seek=12M conv=notrunc status=none
cp --sparse=always lun lived
road --yes --skip "$skip"
expect_status 4
expect_text stderr 'was cut over on' '--again'
same lun lived

say "back"
road --back
expect_status 0
expect_text stdout 'Nothing was changed' 'overwrite the disk'
cmp -s card.bin card.before && fail "written by a rehearsal"
road --back --yes
expect_status 0
same card.bin card.before
same lun lived
[ ! -e host1.cut-over/cut-over ] || fail "still cut over"

say "making the LUN: shown, done, and left out where it answers"
make=(--size 16M --initiator iqn.2026-11.org.example:host2 --chap host2 --control-port 1 --config conf.d --pool pool)
mkdir conf.d
script clone-and-cut-over disk.img host1.toml -- host1 "${make[@]}"
expect_text stdout 'is there'
script clone-and-cut-over disk.img host2.toml -- host2 "${make[@]}"
expect_text stdout 'would run: sanlun create host2 --size 16M .*--profile-out host2.toml' '^NOT READY'
[ ! -e host2.toml ] || fail "made by a rehearsal"
script clone-and-cut-over --yes disk.img host2.toml -- host2 "${make[@]}"
expect_status 1
same pool/host2.img disk.img
script clone-and-cut-over --yes disk.img host2.toml -- host2 "${make[@]}"
expect_status 1
expect_text stdout 'is there'

say "at night"
script nightly-preflight machines reports
expect_status 2
mkdir machines
cp host1.toml machines/
script nightly-preflight machines reports
expect_status 1
expect_text stdout '^host1: NOT READY' '^  (FAIL|UNKNOWN) '
grep -q '<html' reports/host1.html || fail "no report"
cp stdout first
script nightly-preflight machines reports
expect_status 1
same stdout first
echo "--nic e1000
--skip $skip" >machines/host1.options
script nightly-preflight machines reports
expect_status 0
expect_text stdout '^host1: has changed' '^  now: +READY' '^  before: NOT READY'
script nightly-preflight machines reports
expect_status 0
cat stderr >>stdout
[ ! -s stdout ] || fail "a good night is not silent"
sed 's/^lun = 1/lun = 99999/' host1.toml >machines/host0.toml
script nightly-preflight machines reports
expect_status 3
expect_text stdout '^host0: could not be examined' 'lun'
! grep -q host1 stdout || fail "host1 is as it was"
tgt --mode target --op unbind --tid "$tgt_tid" -I ALL
script nightly-preflight machines reports
expect_status 1
expect_text stdout '^host1: NOT READY' '^  FAIL TGT-0' 'what has changed:'
[ -z "$(find reports -name '*.new' -o -name '*.errors')" ] || fail "files are left behind"
