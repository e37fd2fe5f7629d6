#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Where sanlun's file of a target in tgt's configuration, or in the pool, has become a link or somebody else's: every
# verb says so and changes nothing, neither the target nor the link nor what that points to; beside it a target with a
# plain file goes on working.
. "$(dirname "$0")/lib.sh"
require jq
[ "$(id -u)" -eq 0 ] || skip "tgtd accepts commands from root only"

conf=$work/conf.d pool=$work/pool elsewhere=$work/elsewhere
mkdir "$conf" "$elsewhere"
start_tgtd
run_sanlun() {
  status=0
  timeout 60 "$SANBOOT_BIN/sanlun" "$@" --control-port 1 --config "$conf" --pool "$pool" \
    >"$work/stdout" 2>"$work/stderr" || status=$?
  check_run
}
target_of() { echo "iqn.2026-11.org.example:$1"; }
create() {
  run_sanlun create "$1" --size 1M --target "$(target_of "$1")" --initiator iqn.2026-11.org.example:m \
    --chap "$1" --secret-dir "$work"
}
everything() {
  local id
  tgt --mode target --op show
  for id in $(tgt --mode target --op show | sed -n 's/^Target \([0-9]*\): .*/\1/p'); do
    tgt --mode target --op show --tid "$id"
  done
  tgt --mode account --op show | sort
  find "$conf" "$pool" "$elsewhere" "$work"/*.secret -printf '%y %m %i %s %p -> %l\n' | sort -k 5
  cat "$elsewhere"/* "$conf/$(target_of twin).conf" "$pool"/*.img | cksum
}

for name in linked twin; do
  create "$name"
  expect_status 0
done
run_sanlun snapshot linked clean
expect_status 0
truncate -s 1M "$work/second.img"
run_sanlun attach linked --volume "$work/second.img" --lun 3
expect_status 0
truncate -s 1M "$work/third.img"

verbs=(
  "attach linked --volume $work/third.img"
  "detach linked --lun 3"
  "allow linked --initiator iqn.2026-11.org.example:n"
  "allow linked --chap another --secret-dir $work"
  "tune linked --set MaxBurstLength=524288"
  "rollback linked clean"
  "delete linked --yes-destroy linked"
  "delete $(target_of linked) --yes-destroy $(target_of linked)"
  "create linked --size 1M --target $(target_of linked) --initiator iqn.2026-11.org.example:m --chap linked --secret-dir $work"
  "create gone --size 1M --target $(target_of gone) --initiator iqn.2026-11.org.example:m --chap gone --secret-dir $work"
)
# refused_all PATTERN CODE: each verb says so.
tried=0
refused_all() {
  local verb
  everything >"$work/before"
  for verb in "${verbs[@]}"; do
    # shellcheck disable=SC2086 # words
    run_sanlun $verb
    expect_text stderr "$1"
    expect_status "$2"
    everything >"$work/after"
    diff "$work/before" "$work/after" >&2 || fail "$verb: something was changed"
    tried=$((tried + 1))
  done
}

file=$conf/$(target_of linked).conf
cp "$file" "$elsewhere/linked"
sed 's/example:linked/example:gone/' "$file" >"$elsewhere/gone"
echo '# by hand' >"$elsewhere/theirs"
for kind in ours theirs nowhere device plain; do
  for name in linked gone; do
    rm -f "$conf/$(target_of $name).conf"
    case $kind in
      ours) ln -s "$elsewhere/$name" "$conf/$(target_of $name).conf" ;;
      device) ln -s /dev/null "$conf/$(target_of $name).conf" ;;
      plain) cp "$elsewhere/theirs" "$conf/$(target_of $name).conf" ;;
      *) ln -s "$elsewhere/$kind" "$conf/$(target_of $name).conf" ;;
    esac
  done
  if [ $kind = plain ]; then pattern="\\.conf: was not made by sanlun"; else pattern='\.conf: is a symbolic link'; fi
  refused_all "$pattern" 4
done

# The twin beside it.
for verb in "allow twin --initiator iqn.2026-11.org.example:n" "tune twin --set MaxBurstLength=524288" \
  "attach twin --volume $work/third.img" "detach twin --lun 2"; do
  # shellcheck disable=SC2086 # words
  run_sanlun $verb
  expect_status 0
done
expect_text stdout '^written down'
[ -f "$conf/$(target_of twin).conf" ] || fail "the twin is not written down"
run_sanlun delete twin --yes-destroy twin
expect_status 0
[ ! -e "$conf/$(target_of twin).conf" ] || fail "the twin is still written down"
create twin
expect_status 0

# It goes on where the file is back in the link's place: its secrets are known nowhere else.
rm "$file" "$conf/$(target_of gone).conf"
cp "$elsewhere/linked" "$file"
run_sanlun tune linked --set MaxBurstLength=524288
expect_status 0
grep -q 'MaxBurstLength 524288' "$file" || fail "it is not written down again"

# A link in the pool where a verb would write down what it is about to do.
ln -s "$elsewhere/theirs" "$pool/$(target_of linked).unfinished"
ln -s "$elsewhere/theirs" "$pool/$(target_of gone).unfinished"
verbs=("${verbs[@]/delete iqn*/tune linked --set MaxBurstLength=131072}")
refused_all '\.unfinished: is a symbolic link' 4
rm "$pool"/*.unfinished
ln -s "$elsewhere/theirs" "$pool/linked@other.unfinished"
verbs=("snapshot linked other")
refused_all '\.unfinished: is a symbolic link' 4
rm "$pool"/*.unfinished
run_sanlun snapshot linked other
expect_status 0
say "$tried refusals"
