#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# For cron: are the machines that boot from LUNs still READY? Says nothing about those that are as they were.
set -euo pipefail

usage() {
  cat <<'END'
Usage: nightly-preflight.sh PROFILES REPORTS [OPTIONS OF sanboot-check]

Runs sanboot-check for the LUN of every boot profile PROFILES/*.toml. Nothing is changed on a LUN.
REPORTS/NAME.html is the report of the last run, REPORTS/NAME.txt the same as text.
What is printed, for cron to send: what is NOT READY, what has changed since the last run, and what could not
be examined. So the first run prints all of them, and a good night prints nothing.
Options for one machine, such as --nic e1000e, are the words of PROFILES/NAME.options, if that is there.

Exit codes: 0 all are READY; 1 one is NOT READY; 2 usage; 3 one could not be examined.

  30 3 * * *  nightly-preflight.sh /etc/sanboot/machines /var/lib/sanboot/reports
END
}

fail() {
  printf 'nightly-preflight: %s\n' "$2" >&2
  exit "$1"
}

case ${1:-} in
  -h | --help)
    usage
    exit 0
    ;;
esac
[ $# -ge 2 ] || fail 2 "PROFILES and REPORTS are needed; --help says more"
profiles=$1 reports=$2
shift 2
command -v sanboot-check >/dev/null || fail 3 "sanboot-check is not installed"
shopt -s nullglob
found=("$profiles"/*.toml)
shopt -u nullglob
[ "${#found[@]}" -gt 0 ] || fail 2 "$profiles: there is no boot profile (*.toml)"
mkdir -p "$reports"
exec 9>"$reports/.lock"
flock -n 9 || fail 3 "$reports: another run is not done yet"

# gist FILE: what of a report is compared with that of the last run. Figures that vary, such as a latency, are in the
# evidence, which is indented.
gist() { grep -E '^(FAIL|UNKNOWN) |^(NOT )?READY' "$1" | tr -s ' '; }

not_ready=0 failed=0
for profile in "${found[@]}"; do
  name=$(basename "$profile" .toml)
  text=$reports/$name.txt
  options=()
  if [ -r "${profile%.toml}.options" ]; then read -r -d '' -a options <"${profile%.toml}.options" || true; fi
  result=0
  sanboot-check "profile:$profile" "${options[@]}" "$@" --color=never --report "$reports/$name.html" \
    >"$text.new" 2>"$text.errors" 9>&- || result=$?
  case $result in
    0 | 1) ;;
    130) exit 130 ;;
    *)
      failed=1
      printf '%s: could not be examined (exit code %s)\n' "$name" "$result"
      sed 's/^/  /' "$text.errors"
      rm -f "$text.new" "$text.errors"
      continue
      ;;
  esac
  changes=$(diff <(if [ -e "$text" ]; then gist "$text"; fi) <(gist "$text.new") | sed -n 's/^>/  now:   /p; s/^</  before:/p') || true
  if [ "$result" -eq 1 ]; then
    not_ready=1
    printf '%s: %s\n' "$name" "$(tail -n 1 "$text.new")"
    gist "$text.new" | sed -n '/READY/!s/^/  /p'
  elif [ -n "$changes" ]; then
    printf '%s: has changed\n%s\n' "$name" "$changes"
  fi
  if [ "$result" -eq 1 ] && [ -n "$changes" ] && [ -e "$text" ]; then printf '  what has changed:\n%s\n' "$changes"; fi
  sed 's/^/  /' "$text.errors"
  mv "$text.new" "$text"
  rm -f "$text.errors"
done
[ "$not_ready" -eq 0 ] || exit 1
[ "$failed" -eq 0 ] || exit 3
