#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# run.sh [--update] CASE.sh…: runs each case in an empty directory, with the built tools in front of PATH, and
# compares what it prints and its exit code with CASE.stdout, CASE.stderr and CASE.exit, byte by byte; a file that
# is not there stands for nothing printed, and for 0. The name of the directory reads @TMP@ in all of them.
# --update writes the files instead: look at the difference before you commit it.
set -euo pipefail
export LC_ALL=C TERM=dumb
unset "${!LIBISCSI_@}"
: "${SANBOOT_BIN:?the directory of the built tools}"
PATH=$SANBOOT_BIN:$PATH

update=
if [ "${1:-}" = --update ]; then
  update=1
  shift
fi
top=$(mktemp -d)
trap 'rm -rf "$top"' EXIT

# check KIND: the file of that kind beside the case against what was got.
check() {
  local golden=$stem.$1 got=$top/$1
  if [ -n "$update" ]; then
    if [ -s "$got" ]; then cp "$got" "$golden"; else rm -f "$golden"; fi
    return
  fi
  [ -e "$golden" ] || golden=/dev/null
  diff -u --label "expected $1" --label "$1" "$golden" "$got" || bad=1
}

bad=0
for case in "$@"; do
  case=$(realpath "$case")
  stem=${case%.sh}
  directory=$top/work
  mkdir "$directory"
  status=0
  (cd "$directory" && exec timeout --kill-after=5 60 bash "$case") >"$top/stdout.raw" 2>"$top/stderr.raw" </dev/null ||
    status=$?
  for kind in stdout stderr; do sed "s,$directory,@TMP@,g" "$top/$kind.raw" >"$top/$kind"; done
  : >"$top/exit"
  [ "$status" -eq 0 ] || echo "$status" >"$top/exit"
  for kind in stdout stderr exit; do check "$kind"; done
  rm -rf "$directory"
done
exit "$bad"
