#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Of each built tool: what --help names, the manual page explains and the completion offers, and nothing else.
. "$(dirname "$0")/lib.sh"
: "${SANBOOT_BIN:?the directory of the built tools}"
require mandoc

completed() { # completed WORD…: what completion offers for the last word
  bash -c 'source tools/completion/sanboot.bash
    COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
    _sanboot "$1" "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
    printf "%s\n" "${COMPREPLY[@]}"' completion "$@" | sort -u
}

for page in man/*.1; do
  tool=$(basename "$page" .1)
  [ -x "$SANBOOT_BIN/$tool" ] || continue
  help=$("$SANBOOT_BIN/$tool" --help | grep -oE '(^|[ ,])--?[a-zA-Z][a-z-]*' | tr -d ' ,' | sort -u)
  manual=$(sed -nE 's/^\.It Fl //p' "$page" | sed -E 's/ Ns .*//; s/ Ar .*//; s/ , /\n/g' | sed -E 's/^\\?/-/' | sort -u)
  difference=$(diff <(echo "$help") <(echo "$manual")) ||
    complain "$tool: --help (<) and $page (>) differ:" "$difference"
  offered=$(completed "$SANBOOT_BIN/$tool" -)
  difference=$(diff <(echo "$help") <(echo "$offered")) ||
    complain "$tool: --help (<) and completion (>) differ:" "$difference"

  # Words that an option takes: "Fl \-zero Ns = Ns Cm prove | write | skip" in the page.
  while read -r option words; do
    words=$(tr -d '|' <<<"$words" | tr -s ' ' '\n' | sort -u)
    offered=$(completed "$SANBOOT_BIN/$tool" "$option" = '')
    difference=$(diff <(echo "$words") <(echo "$offered")) ||
      complain "$tool $option: $page (<) and completion (>) differ:" "$difference"
  done < <(sed -nE 's/^\.It Fl \\?(-[a-z-]+) Ns (Op )?= Ns (Op )?Cm ([a-z |]+)$/-\1 \4/p; s/^\.It Fl \\?(-[a-z-]+) Ns Op = Ns Cm ([a-z |]+)$/-\1 \2/p' "$page" | sort -u)
done

# The pages' own order (EXAMPLES early) and their own name for the system are meant so; one may refer to another
# before they are installed.
own=$(for page in man/*.[157]; do basename "$page" | tr . ' '; done | paste -sd '|')
for page in man/*.[157]; do
  lint=$(mandoc -Tlint "$page" 2>/dev/null |
    grep -vE "out of conventional order|operating system explicitly|manual not found: Xr ($own)( |\$)" || true)
  [ -z "$lint" ] || complain "$lint"
done
exit "$bad"
