#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# A boot profile in place of a URL: onto its LUN and back with CHAP, mutual CHAP and an access rule for one initiator;
# wrong secrets; reach; two portals of which one is dead.
. "$(dirname "$0")/lib.sh"
require tgtd tgtadm
image_size=32M
time_limit=60
me=iqn.2026-11.org.example:host1
make_image "$work/disk.img"
cd "$work"
start_tgtd
new_tgt_lun "$work/lun" "$image_size"
tgt --mode target --op unbind --tid 1 -I ALL
tgt --mode target --op bind --tid 1 -Q "$me"
tgt --mode account --op new --user host1 --password right-secret-1
tgt --mode account --op bind --tid 1 --user host1
here=127.0.0.1:$tgtd_port
dead=127.0.0.1:$(free_port)

# profile FILE SED…: a profile of the LUN, edited.
profile() {
  local file=$1
  shift
  cat >"$file" <<END
[initiator]
name = "$me"
[target]
portal = "$here"
name = "${iqn}1"
lun = 1
[auth]
method = "chap"
user = "host1"
secret_file = "host1.secret"
[boot]
firmware = "uefi"
END
  [ $# -eq 0 ] || sed -i "$@" "$file"
}
secret() { (umask 077 && printf '%s\n' "$2" >"$1"); }
# refused CODE PATTERN ARGUMENT…
refused() {
  local code=$1 pattern=$2
  shift 2
  run_sanclone "$@"
  expect_status "$code"
  expect_one_line
  expect_text stderr "$pattern"
  if grep -qE 'secret-[0-9]' "$work/stderr" "$work/stdout"; then fail "a secret is shown"; fi
}
secret host1.secret right-secret-1
profile host1.toml

say "CHAP and an access rule, there and back"
refused 3 'allow the initiator' disk.img "$url" --chap-user host1 --chap-secret-file host1.secret
run_sanclone disk.img -p host1.toml --verify --json
expect_status 0
expect_json .verified ".destinations[0].url == \"$url\""
same disk.img lun "$(bytes_of disk.img)"
run_sanclone profile:host1.toml back.img
expect_status 0
same disk.img back.img
run_sanclone --compare disk.img --profile host1.toml
expect_status 0
run_sanclone --dry-run disk.img -p host1.toml
expect_status 0
expect_text stdout "$url"

say "from another directory: the secret is beside the profile"
(cd / && run_sanclone --compare "$work/disk.img" "profile:$work/host1.toml" && expect_status 0)

say "the login alone, for a URL; an option says more than the profile"
run_sanclone --compare disk.img "$url" -p host1.toml
expect_status 0
refused 3 'allow the initiator' --compare disk.img -p host1.toml --initiator iqn.2026-11.org.example:other
secret wrong wrong-secret-9
refused 3 '[Aa]uthent|CHAP' --compare disk.img profile:host1.toml --chap-secret-file wrong

say "a clone map knows the LUN, however it is named"
run_sanclone disk.img -p host1.toml --map map
expect_status 0
run_sanclone disk.img "$url" -p host1.toml --map map --json
expect_status 0
expect_json '.bytes.written == 0'

say "wrong secrets"
mkdir wrong.d
profile wrong.d/host1.toml
secret wrong.d/host1.secret wrong-secret-1
refused 3 '[Aa]uthent|CHAP' disk.img -p wrong.d/host1.toml
secret wrong.d/host1.secret secret-1
refused 2 'wrong.d/host1.secret: holds a CHAP secret of 8 bytes' disk.img -p wrong.d/host1.toml
chmod 644 wrong.d/host1.secret
refused 2 'wrong.d/host1.secret: others than its owner' disk.img -p wrong.d/host1.toml
rm wrong.d/host1.secret
refused 2 'wrong.d/host1.secret: cannot read the secret' disk.img -p wrong.d/host1.toml

say "reach"
profile reach.toml -e "s/^portal = .*/portal = \"192.0.2.1\"/" -e "/^lun/a reach = \"$here\""
run_sanclone --compare disk.img -p reach.toml
expect_status 0

say "two portals"
profile two.toml -e "s/^portal = .*/portals = [\"$dead\", \"$here\"]/"
run_sanclone --compare disk.img -p two.toml -v
expect_status 0
expect_text stderr "two.toml: the first portal, $dead, takes no connection; going on with $here"
profile two.toml -e "s/^portal = .*/portals = [\"$here\", \"$dead\"]/"
run_sanclone --compare disk.img -p two.toml
expect_status 0

say "mutual CHAP"
tgt --mode account --op new --user target --password target-secret-2
tgt --mode account --op bind --tid 1 --user target --outgoing
profile mutual.toml -e 's/"chap"/"mutual-chap"/' \
  -e '/^secret_file/a target_user = "target"\ntarget_secret_file = "target.secret"'
secret target.secret target-secret-2
run_sanclone --compare disk.img -p mutual.toml
expect_status 0
secret target.secret another-secret-2
refused 3 '.' disk.img -p mutual.toml
