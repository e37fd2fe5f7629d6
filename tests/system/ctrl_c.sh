#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Ctrl-C on a terminal: exit code 130, the first MiB not written, the terminal as it was.
. "$(dirname "$0")/lib.sh"
require script
make_image "$work/disk.img"
size=$(bytes_of "$work/disk.img")
start_tgtd
fill_aa "$work/lun" "$size"
new_tgt_lun "$work/lun" "$size"

cat >"$work/session.sh" <<END
trap : INT # the shell of the terminal outlives the signal, as an interactive one does
stty -a >"$work/before"
"$SANBOOT_BIN/sanclone" "$work/disk.img" "$url" --rate 8M
echo \$? >"$work/status"
stty -a >"$work/after"
END
begin=$SECONDS
{
  sleep 4
  printf '\003'
  sleep 4
} | TERM=xterm script -qefc "sh $work/session.sh" "$work/typescript" >/dev/null || true
wait_until 5 test -s "$work/status" || fail "sanclone did not end"
status=$(cat "$work/status")
tr '\r' '\n' <"$work/typescript" >"$work/stdout"
expect_status 130
[ $((SECONDS - begin)) -lt 12 ] || fail "it took too long to stop"
expect_text stdout 'copy .*MiB' interrupted
if tr '\r' '\n' <"$work/typescript" | grep -q 'AddressSanitizer'; then fail "a sanitizer speaks"; fi
same "$work/before" "$work/after"
# Whatever is switched off is switched on again, and the prompt will stand in a column of its own.
for off in '?25l' '?1049h' '?7l'; do
  if grep -qF "$(printf '\033')[$off" "$work/typescript"; then
    on=${off%?}$(printf '%s' "${off: -1}" | tr lh hl)
    grep -qF "$(printf '\033')[$on" "$work/typescript" || fail "the terminal is left with $off"
  fi
done
last=$(grep -v '^Script done' "$work/typescript" | sed '/^$/d' | tail -n 1 | tr -d '\r')
case $last in
  *interrupted*) ;;
  *) fail "the last line is: $last" ;;
esac
head_untouched "$work/lun" || fail "the first MiB was written"

say "and by a signal to the process alone, output to files"
for signal in INT TERM HUP; do
  fill_aa "$work/lun" "$size"
  # A background process of a script ignores SIGINT from its birth on; env gives it back.
  env --default-signal="$signal" "$SANBOOT_BIN/sanclone" "$work/disk.img" "$url" --rate 8M \
    >"$work/stdout" 2>"$work/stderr" &
  clone=$!
  sleep 2
  kill -s "$signal" "$clone"
  status=0
  wait "$clone" || status=$?
  expect_status 130
  expect_one_line
  check_run
  head_untouched "$work/lun" || fail "the first MiB was written"
done
