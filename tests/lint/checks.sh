#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# checks.sh [--update]: the list in sanboot-checks(7) is what sanboot-check --list-checks says. --update writes it.
. "$(dirname "$0")/lib.sh"
: "${SANBOOT_BIN:?the directory of the built tools}"
require jq
page=man/sanboot-checks.7

# Each sentence on a line of its own, none longer than 80 bytes, and nothing that roff takes for its own.
roff() { sed 's/\\/\\e/g; s/…/.../g' | sed -E 's/([.!?]) ([A-Z])/\1\n\2/g' | fold -s -w 78 | sed -E "s/ +$//; s/^(['.])/\\\\\&\1/"; }

expected() {
  local family='' id severity scopes title about
  while IFS=$'\t' read -r id severity scopes title about; do
    if [ "${id%-*}" != "$family" ]; then
      [ -z "$family" ] || echo .El
      family=${id%-*}
      echo ".Ss $family"
      echo '.Bl -tag -width Ds'
    fi
    echo ".It $id , $severity , scope $scopes"
    echo "$title:" | roff
    echo .Pp
    echo "$about" | roff
  done < <("$SANBOOT_BIN/sanboot-check" --list-checks --json |
    jq -r '.[] | [.id, .severity, .scope + (if .also then " and " + .also else "" end), .title, .about] | @tsv' |
    sed 's/\\\\/\\/g')
  echo .El
}

begin='.\\" The list begins.' end='.\\" The list ends.'
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
expected >"$scratch/expected"
if [ "${1:-}" = --update ]; then
  { sed "/^$begin/q" "$page" && cat "$scratch/expected" && sed -n "/^$end/,\$p" "$page"; } >"$scratch/page"
  cp "$scratch/page" "$page"
fi
difference=$(diff <(sed -n "/^$begin/,/^$end/p" "$page" | sed '1d;$d') "$scratch/expected") ||
  complain "$page (<) and --list-checks (>) differ; tests/lint/checks.sh --update writes the list:" "$difference"
exit "$bad"
