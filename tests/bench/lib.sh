# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# What the measurements share. A script sources it, defines contestants, and calls compete; the programs take turns, so
# that what else the machine does hits all of them, and the medians count. Each run has a tgtd of its own, just
# started, because a tgtd is faster when it has served larger requests before (malloc's thresholds); its LUN is
# a sparse file in memory. Every result is compared with what it should be.
#
# SANBOOT_BIN is the directory of the built tools (default: build/release/tools), SANBOOT_BENCH_SIZE the size of the
# image (default 2G), SANBOOT_BENCH_TSV=1 prints tab-separated lines for other programs.
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
: "${SANBOOT_BIN:=$root/build/release/tools}"
: "${SANBOOT_SUPPORT:=$SANBOOT_BIN}"
export SANBOOT_TEST_SIZE=${SANBOOT_BENCH_SIZE:-2G}
# shellcheck source=../system/lib.sh
. "$root/tests/system/lib.sh"
require qemu-img
qemu_speaks_iscsi || skip "qemu-img has no iSCSI driver"
size=$(to_bytes "$image_size")
# shellcheck disable=SC2034 # for the scripts
sanclone=$SANBOOT_BIN/sanclone

# make_random_image FILE: half of it random data, every other 16 MiB, the rest holes.
make_random_image() {
  local at
  truncate -s "$size" "$1"
  for ((at = 0; at < size; at += 32 * 1048576)); do
    head -c 16777216 /dev/urandom | dd of="$1" bs=1M seek=$((at / 1048576)) conv=notrunc iflag=fullblock status=none
  done
}

# fresh_lun FILE [PARAMETER…]: a LUN over FILE (made anew unless it is there) of a tgtd that has just been started.
fresh_lun() {
  local file=$1
  shift
  [ -z "$tgtd_pid" ] || stop "$tgtd_pid"
  start_tgtd
  tgt_tid=0
  new_tgt_lun "$file" "$size" thin "$@"
}

# by_nbd COMMAND…: runs a command that reads or writes the LUN as $nbd, which a qemu-nbd serves.
by_nbd() {
  local socket=$work/nbd.sock pid
  rm -f "$socket"
  qemu-nbd --persistent --format=raw --cache=none --discard=unmap --shared=8 --socket="$socket" "$url" &
  pid=$!
  wait_until 10 test -S "$socket"
  # shellcheck disable=SC2034 # for the command
  nbd="nbd+unix:///?socket=$socket"
  "$@"
  kill "$pid"
  wait "$pid" || true
}

# median COLUMN FILE
median() { sort -n -k"$1,$1" "$2" | awk -v c="$1" '{v[NR] = $c} END {print NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2}'; }

# compete TITLE ROUNDS CONTESTANT…: for each round and contestant prepare CONTESTANT, then run CONTESTANT with the clock
# running, then check CONTESTANT. run may set $seconds if it knows better than the clock. The first contestant is
# what the others are measured against.
compete() {
  local title=$1 rounds=$2 round contestant begin end times ours theirs file
  shift 2
  rm -f "$work"/times.*
  for ((round = 0; round < rounds; round++)); do
    for contestant in "$@"; do
      prepare "$contestant"
      seconds=
      TIMEFORMAT='%R %U %S'
      { time run "$contestant" >"$work/run.out" 2>"$work/run.err"; } 2>"$work/clock" ||
        { cat "$work/run.err" >&2 && fail "$contestant"; }
      read -r begin times end <"$work/clock"
      awk "BEGIN {print ${seconds:-$begin}, $times + $end}" >>"$work/times.$contestant"
      check "$contestant"
    done
  done
  ours=$(median 1 "$work/times.$1")
  for contestant in "$@"; do
    file=$work/times.$contestant
    theirs=$(median 1 "$file")
    if [ -n "${SANBOOT_BENCH_TSV:-}" ]; then
      printf '%s\t%s\t%s\t%s\n' "$title" "$contestant" "$theirs" "$(median 2 "$file")"
    else
      printf '%-28s %-24s %7.2f s  x%-5.2f  cpu %5.2f s  (%s)\n' "$title" "${contestant//_/ }" "$theirs" \
        "$(awk "BEGIN {print $theirs / $ours}")" "$(median 2 "$file")" "$(awk '{print $1}' "$file" | paste -sd ' ')"
    fi
  done
}
