# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# What the system tests share. A test sources it first; it stops at the first command that fails, and everything
# that was started or made here is gone when it ends.
#
# From ctest: SANBOOT_BIN, the directory of the built tools; SANBOOT_SUPPORT, that of fake_target;
# SANBOOT_SANITIZED=1 for a build whose speed and memory say nothing. By hand: SANBOOT_TEST_SIZE=2G for the
# size of the disk images (default 256M), SANBOOT_TEST_KEEP=1 to keep the working directory.

set -Eeuo pipefail
export LC_ALL=C

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
: "${SANBOOT_BIN:?the directory of the built tools}" "${SANBOOT_SUPPORT:?the directory of fake_target}"
image_size=${SANBOOT_TEST_SIZE:-256M}
work=
status=

# The working directory is in memory if there is room for a few images: no disk slows the tests down, and tmpfs
# has holes. $work is set here.
make_work_directory() {
  local base=${TMPDIR:-/tmp} wanted free available
  wanted=$(($(numfmt --from=iec "$image_size") * 6 / 1024))
  free=$(df -k --output=avail /dev/shm 2>/dev/null | tail -n 1) || free=0
  available=$(awk '$1 == "MemAvailable:" {print $2}' /proc/meminfo)
  if [ -z "${TMPDIR:-}" ] && [ -w /dev/shm ] && [ "$free" -gt "$wanted" ] && [ "$available" -gt "$wanted" ]; then base=/dev/shm; fi
  work=$(mktemp -d "$base/sanboot-test.XXXXXX")
}

say() { printf '%s\n' "$*" >&2; }

fail() {
  trap - ERR
  say "FAILED: $*"
  for output in stdout stderr; do
    if [ -s "$work/$output" ]; then
      say "--- $output:"
      tail -n 40 "$work/$output" >&2
    fi
  done
  exit 1
}

skip() {
  say "skipped: $*"
  exit 77
}

# stop PID: ends a process that was started here, even one that is stopped, and waits for it.
stop() {
  kill -KILL "$1" 2>/dev/null || true
  wait "$1" 2>/dev/null || true
}

# require PROGRAM…: the test is skipped where one is missing.
require() {
  local program
  for program in "$@"; do
    command -v "$program" >/dev/null || skip "$program is not installed"
  done
}

cleanup() {
  local pid
  for pid in $(jobs -p); do stop "$pid"; done
  if [ -n "${SANBOOT_TEST_KEEP:-}" ]; then
    say "kept: $work"
  else
    rm -rf "$work"
  fi
}

bytes_of() { stat -c %s "$1"; }
allocated() { echo $(($(stat -c '%b * %B' "$1"))); }
to_bytes() { numfmt --from=iec "$1"; }

# fill_aa FILE SIZE: what a LUN holds before anybody clones onto it, so that a zero not written shows.
fill_aa() { head -c "$(to_bytes "$2")" /dev/zero | tr '\0' '\252' >"$1"; }

# all_aa FILE OFFSET LENGTH: whether nothing has been written there.
all_aa() {
  local others
  others=$(tail -c "+$(($2 + 1))" "$1" | head -c "$3" | tr -d '\252' | wc -c) || true # tail: SIGPIPE
  [ "$others" -eq 0 ]
}

# head_untouched FILE: whether the first MiB is as fill_aa made it, or hidden: zeros, and the mark of a run.
head_untouched() {
  local at
  ! all_aa "$1" 0 1048576 || return 0
  head -c 1048576 "$1" >"$work/head"
  while read -r at; do
    dd if=/dev/zero of="$work/head" bs=512 seek=$((at / 512)) count=1 conv=notrunc status=none
  done < <(grep -abo 'Written by sanclone' "$work/head" | cut -d : -f 1)
  cmp -s -n 1048576 "$work/head" /dev/zero
}

# same FILE FILE [LENGTH]
same() {
  cmp ${3:+-n "$3"} "$1" "$2" || fail "$1 and $2 differ"
}

# within_percent PERCENT VALUE EXPECTED
within_percent() {
  local difference=$(($2 - $3))
  [ $((${difference#-} * 100)) -le $(($1 * $3)) ] || fail "$2 is not within $1 % of $3"
}

# make_image FILE [SIZE [SECTOR]]: a disk as people have it, with a GPT and an ext4 file system.
make_image() {
  require sgdisk mke2fs fdisk
  TMPDIR=$work "$here/make_image.sh" "$1" "${2:-$image_size}" "${3:-512}"
}

# run_sanclone ARGUMENT…: its output goes to $work/stdout and $work/stderr, its exit code to $status. Whatever
# it says, an initiator that breaks the protocol or a sanitizer that speaks is a failure.
run_sanclone() {
  status=0
  timeout --kill-after=5 "${time_limit:-240}" "$SANBOOT_BIN/sanclone" "$@" \
    >"$work/stdout" 2>"$work/stderr" || status=$?
  [ "$status" -ne 124 ] || fail "sanclone $* did not end within ${time_limit:-240} s"
  check_run
}

check_run() {
  if grep -qE 'AddressSanitizer|runtime error:|ThreadSanitizer|LeakSanitizer' "$work/stderr"; then
    fail "a sanitizer speaks"
  fi
  if [ -e "$work/fake.log" ] && grep -q protocol-error "$work/fake.log"; then
    fail "the initiator broke the protocol: $(grep protocol-error "$work/fake.log")"
  fi
}

# expect_status CODE…: one of them.
expect_status() {
  local code
  for code in "$@"; do
    [ "$status" -ne "$code" ] || return 0
  done
  fail "exit code $status instead of $*"
}

# expect_text FILE PATTERN…: extended regular expressions, each to be found in $work/FILE.
expect_text() {
  local file=$1 pattern
  shift
  for pattern in "$@"; do
    grep -qE -- "$pattern" "$work/$file" || fail "$file has no \"$pattern\""
  done
}

# expect_one_line: stderr is one line, which begins with the program's name, not counting warnings of a stall.
expect_one_line() {
  [ "$(grep -vc 'warning: .*: no progress for' "$work/stderr")" -eq 1 ] || fail "stderr is not one line"
  expect_text stderr '^sanclone: .'
}

# expect_one_error: the same beside warnings, which a long wait is worth.
expect_one_error() {
  grep -v '^sanclone: warning: .' "$work/stderr" >"$work/errors" || true
  [ "$(wc -l <"$work/errors")" -eq 1 ] || fail "stderr is not one line, warnings apart"
  grep -q '^sanclone: .' "$work/errors" || fail "the line does not begin with the program's name"
}

# expect_json FILTER…: jq filters that must hold for $work/stdout.
expect_json() {
  require jq
  local filter
  for filter in "$@"; do
    jq -e "$filter" "$work/stdout" >/dev/null || fail "JSON on stdout: $filter does not hold"
  done
}

# wait_until SECONDS COMMAND…: false when the time is over.
wait_until() {
  local end=$((SECONDS + $1))
  shift
  until "$@"; do
    [ "$SECONDS" -lt "$end" ] || return 1
    sleep 0.1
  done
}

# clone_and_check IMAGE BACKING OPTION…: clones IMAGE to $url and asks three witnesses whether it is there:
# cmp and the target's own file, qemu-img through its own initiator, xxhsum for the hash in the result.
clone_and_check() {
  require qemu-img xxhsum
  local image=$1 backing=$2 size
  shift 2
  size=$(bytes_of "$image")
  run_sanclone "$image" "$url" --verify --json "$@"
  expect_status 0
  expect_json .verified ".bytes.total == $size" '.destinations[0].error == null' \
    '.bytes.data + .bytes.zero == .bytes.total' ".hash == \"$(xxhsum -q -H2 "$image" | cut -d ' ' -f 1)\""
  same "$image" "$backing" "$size"
  if [ "$size" -eq "$(bytes_of "$backing")" ] && qemu_speaks_iscsi; then
    qemu-img compare -q -f raw -F raw "$image" "$url" || fail "qemu-img sees a difference"
  fi
}

# qemu_speaks_iscsi: whether its iSCSI driver is there (package qemu-block-extra).
qemu_speaks_iscsi() {
  ! qemu-img info -f raw iscsi://127.0.0.1:1/iqn.x:y/1 2>&1 | grep -q 'Unknown protocol'
}

make_work_directory
trap 'fail "line $LINENO: $BASH_COMMAND"' ERR
trap cleanup EXIT
trap 'exit 130' INT TERM HUP
# shellcheck source=../system/targets.sh
. "$here/targets.sh"
