#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# A source that was cut off, in many places and by every way in which that happens, ends with exit code 3, and no
# good image is replaced. SANBOOT_TEST_LONG=1: 50 places of each disk in place of a few.
. "$(dirname "$0")/lib.sh"
require sgdisk sfdisk mke2fs zstd sha256sum
places=4
[ -z "${SANBOOT_TEST_LONG:-}" ] || places=50
sanclone=$SANBOOT_BIN/sanclone
RANDOM=4711

# Each with the end of its last part: what is behind may be missing.
declare -A end
end[gpt]=$((23 << 20)) end[mbr]=$((22 << 20)) end[ext4]=$((20 << 20))
truncate -s 24M "$work/gpt"
sgdisk -n 1:2048:+4M -t 1:ef00 -n 2:0:+18M "$work/gpt" >"$work/stdout"
mke2fs -q -t ext4 -E "offset=$((5 << 20))" "$work/gpt" 18M 2>"$work/stderr"
truncate -s 24M "$work/mbr"
sfdisk -q "$work/mbr" >"$work/stdout" <<'END'
label: dos
start=1MiB, size=4MiB, type=c, bootable
start=5MiB, size=19MiB, type=f
start=6MiB, size=7MiB, type=83
start=14MiB, size=8MiB, type=82
END
truncate -s 21M "$work/ext4"
mke2fs -q -t ext4 "$work/ext4" 20M 2>"$work/stderr"
for disk in gpt mbr ext4; do
  # So that a clone takes its time.
  head -c 6M /dev/urandom | dd of="$work/$disk" bs=1M seek=14 conv=notrunc status=none
done

declare -A outcomes
good= # the checksum of the image that nobody may replace
ways='file dry-run pipe raw-sender-killed zst-relay-cut zst-sender-killed lun'

# keep_good: a good image of another disk is there.
keep_good() {
  good=$(sha256sum <"$work/good")
  cp "$work/good" "$work/backup.img.zst"
}

# count WAY CODE: enters $status, which has to be CODE, and looks after the good image.
count() {
  [ "$status" -eq "$2" ] || fail "$disk cut at $length, $1: exit code $status instead of $2"
  outcomes[$disk $1 $status]=$((${outcomes[$disk $1 $status]:-0} + 1))
  [ "$status" -ne 3 ] || expect_one_error
  [ ! -e "$work/backup.img.zst.partial" ] || fail "$disk cut at $length, $1: a part of an image is left"
  if [ "$status" -eq 0 ] && [ "$1" != dry-run ]; then
    zstd -qdc "$work/backup.img.zst" | cmp - "$work/cut" || fail "$disk cut at $length, $1: another image"
    keep_good
  fi
  [ "$(sha256sum <"$work/backup.img.zst")" = "$good" ] || fail "$disk cut at $length, $1: the good image was replaced"
}

# receive: what sanclone makes of the pipe.
receive() {
  status=0
  "$sanclone" -q - "$work/backup.img.zst" >"$work/stdout" 2>"$work/stderr" || status=$?
  check_run
}

# send_and_kill OPTION…: what came, through another process, of a sender that was killed in the middle: $work/came.
send_and_kill() {
  local sender
  mkfifo "$work/fifo"
  "$sanclone" -q --rate 60M "$@" "$work/$disk" - >"$work/fifo" 2>"$work/sender" &
  sender=$!
  disown "$sender"
  {
    # Not before something has come: of nothing at all there is another test.
    head -c 1000 >"$work/first"
    sleep "0.$((RANDOM % 4))$((RANDOM % 10))"
    kill -KILL "$sender" 2>/dev/null || true
    cat "$work/first" -
  } <"$work/fifo" | cat >"$work/came"
  rm "$work/fifo"
}

head -c 3000000 /dev/urandom >"$work/other"
"$sanclone" -q "$work/other" "$work/good.zst"
mv "$work/good.zst" "$work/good"
keep_good

for disk in gpt mbr ext4; do
  "$sanclone" -q --stream=zst "$work/$disk" - >"$work/stream"
  zstd -qdc "$work/stream" | cmp - "$work/$disk" || fail "zstd does not read the stream"
  size=$(bytes_of "$work/stream")
  for ((i = 0; i < places; ++i)); do
    # The first is behind all parts, the second just in front of that; some end within a block.
    case $i in
    0) length=${end[$disk]} ;;
    1) length=$((end[$disk] - 1)) ;;
    2) length=$((4096 + RANDOM % 9000)) ;;
    *) length=$(((RANDOM * 32768 + RANDOM) % (end[$disk] - 4096) + 4096)) ;;
    esac
    expected=$((length < end[$disk] ? 3 : 0))
    head -c "$length" "$work/$disk" >"$work/cut"

    run_sanclone -q "$work/cut" "$work/backup.img.zst"
    count file $expected
    run_sanclone -q --dry-run "$work/cut" "$work/backup.img.zst"
    count dry-run $expected
    receive < <(cat "$work/cut")
    count pipe $expected

    send_and_kill
    cp "$work/came" "$work/cut"
    length=$(bytes_of "$work/came")
    receive < <(cat "$work/came")
    count raw-sender-killed $((length < end[$disk] ? 3 : 0))

    length=$(((RANDOM * 32768 + RANDOM) % (size - 1) + 1))
    cp "$work/$disk" "$work/cut"
    receive < <(head -c "$length" "$work/stream" | cat)
    count zst-relay-cut 3
    send_and_kill --stream=zst
    length=$(bytes_of "$work/came")
    receive < <(cat "$work/came")
    count zst-sender-killed $((length < size ? 3 : 0))
  done
  receive < <(cat "$work/stream")
  length=all
  count zst-relay-cut 0
done

say "onto a LUN that was bootable: its head is gone, or nothing was written"
start_tgtd
head -c 24M "$work/gpt" >"$work/lun"
new_tgt_lun "$work/lun" 24M thin
for disk in gpt mbr ext4; do
  for length in 3000000 20000000; do
    cp "$work/gpt" "$work/before"
    dd if="$work/before" of="$work/lun" conv=notrunc status=none
    run_sanclone -q --verify - "$url" < <(head -c "$length" "$work/$disk" | cat)
    count lun 3
    head_untouched "$work/lun" || fail "the head of the LUN is there"
    run_sanclone -q --verify "$work/cut" "$url"
  done
done
for disk in gpt mbr ext4; do
  for way in $ways; do
    say "$(printf '%-5s %-18s refused %3d   cloned %3d' "$disk" "$way" "${outcomes[$disk $way 3]:-0}" "${outcomes[$disk $way 0]:-0}")"
  done
done

say "nothing told its length, and that is said"
head -c 1000001 /dev/urandom >"$work/cut"
run_sanclone - "$work/random.img" < <(cat "$work/cut")
expect_status 0
expect_text stderr 'warning: standard input: nothing in it tells' 'no whole blocks' 'stream=zst'
run_sanclone - "$work/random.img" < <("$sanclone" -q --stream=zst "$work/cut" -)
expect_status 0
[ ! -s "$work/stderr" ] || fail "it warns of a stream with an end"
same "$work/cut" "$work/random.img"
zstd -q "$work/cut"
run_sanclone - "$work/random.img" < <(cat "$work/cut.zst")
expect_status 0
expect_text stderr 'nothing in it tells'
same "$work/cut" "$work/random.img"
run_sanclone -q - "$work/random.img" < <(head -c 1000 "$work/cut.zst" | cat)
expect_status 3

say "overridden, the table is left as it is"
head -c 20M "$work/gpt" >"$work/cut"
truncate -s 40M "$work/large.img"
run_sanclone --force=cut-source "$work/cut" "$work/large.img"
expect_status 0
expect_text stderr 'warning: .*partition 2 goes on to byte'
same "$work/cut" "$work/large.img" "$((20 << 20))"
truncate -s 40M "$work/large.img"
run_sanclone --force=cut-source - "$work/large.img" < <(cat "$work/cut")
expect_status 0
same "$work/cut" "$work/large.img" "$((20 << 20))"
run_sanclone --force=cut-source --new-ids "$work/cut" "$work/large.img"
expect_status 4
expect_one_error

say "what a sender that fails has sent is not whole"
head -c 20M "$work/gpt" >"$work/cut"
run_sanclone -q - "$work/backup.img.zst" < <("$sanclone" -q --stream=zst "$work/cut" - 2>/dev/null || true)
expect_status 3
"$sanclone" -q --stream=zst "$work/cut" - 2>/dev/null | zstd -qdc >"$work/nothing" 2>/dev/null || true
[ ! -s "$work/nothing" ] || fail "a cut source was sent"
status=0
"$sanclone" -q --stream=zst - - < <(head -c 20M "$work/gpt" | cat) 2>"$work/stderr" | cat >"$work/came" || status=$?
expect_status 3
run_sanclone -q - "$work/backup.img.zst" < <(cat "$work/came")
expect_status 3
expect_text stderr 'lacks the end that its beginning announces|within a frame'
