#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Of each built tool, and of each of its verbs, which has a page of its own (sanlun-show.1): what --help names, the
# manual page explains and the completion offers, and nothing else.
. "$(dirname "$0")/lib.sh"
: "${SANBOOT_BIN:?the directory of the built tools}"
require mandoc

completed() { # completed WORD…: what completion offers for the last word
  bash -c 'source tools/completion/sanboot.bash
    COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
    _sanboot "$1" "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
    printf "%s\n" "${COMPREPLY[@]}"' completion "$@" | sort -u
}

# The options that a help text names; those of every verb are explained in the tool's own page.
options_in() { sed '/^Options of every verb/d' | grep -oE '(^|[ ,])--?[a-zA-Z][a-z-]*' | tr -d ' ,' | sort -u; }

for tool in "$SANBOOT_BIN"/san*; do
  if [ ! -x "$tool" ] || [ ! -f "$tool" ]; then continue; fi
  name=$(basename "$tool")
  [ -f "man/$name.1" ] || complain "$name has no manual page"
  verbs=$("$tool" --help | sed -n '/^Verbs:/,/^$/s/^  \([a-z][a-z-]*\) .*/\1/p' | sort)
  [ -n "$verbs" ] || continue
  difference=$(diff <(echo "$verbs") <(completed "$tool" '')) ||
    complain "$name: verbs of --help (<) and completion (>) differ:" "$difference"
  for verb in $verbs; do [ -f "man/$name-$verb.1" ] || complain "$name $verb has no manual page"; done
done

for page in man/*.1; do
  read -r tool verb <<<"$(basename "$page" .1 | sed -E 's/^(sanlun|sanflash)-/\1 /')"
  [ -x "$SANBOOT_BIN/$tool" ] || continue
  common=
  [ -z "$verb" ] || common=$("$SANBOOT_BIN/$tool" --help | options_in)
  help=$("$SANBOOT_BIN/$tool" ${verb:+"$verb"} --help | options_in)
  manual=$(sed -nE 's/^\.It Fl //p' "$page" | sed -E 's/ Ns .*//; s/ Ar .*//; s/ , /\n/g' | sed -E 's/^\\?/-/' | sort -u)
  # What a verb has of its own, even where the tool has an option of the same name for the others.
  own=$help
  [ -z "$verb" ] || own=$(grep -vxE -e '-h|--help' <<<"$help" || true)
  difference=$(diff <(sed '/^$/d' <<<"$own") <(sed '/^$/d' <<<"$manual")) ||
    complain "$tool $verb: --help (<) and $page (>) differ:" "$difference"
  offered=$(completed "$SANBOOT_BIN/$tool" ${verb:+"$verb"} -)
  difference=$(diff <(sort -u <<<"$help"$'\n'"$common" | sed '/^$/d') <(echo "$offered")) ||
    complain "$tool $verb: --help (<) and completion (>) differ:" "$difference"

  # Words that an option takes: "Fl \-zero Ns = Ns Cm prove | write | skip" in the page.
  while read -r option words; do
    words=$(tr -d '|' <<<"$words" | tr -s ' ' '\n' | sort -u)
    offered=$(completed "$SANBOOT_BIN/$tool" ${verb:+"$verb"} "$option" = '')
    difference=$(diff <(echo "$words") <(echo "$offered")) ||
      complain "$tool $option: $page (<) and completion (>) differ:" "$difference"
  done < <(sed -nE 's/^\.It Fl \\?(-[a-z-]+) Ns (Op )?= Ns (Op )?Cm ([a-z |]+)$/-\1 \4/p; s/^\.It Fl \\?(-[a-z-]+) Ns Op = Ns Cm ([a-z |]+)$/-\1 \2/p' "$page" | sort -u)
done

# The pages' own order (EXAMPLES early) and their own name for the system are meant so; one may refer to another
# before they are installed.
own=$(for page in man/*.[1357]; do basename "$page" | tr . ' '; done | paste -sd '|')
for page in man/*.[1357]; do
  lint=$(mandoc -Tlint "$page" 2>/dev/null |
    grep -vE "out of conventional order|operating system explicitly|manual not found: Xr ($own)( |\$)" || true)
  [ -z "$lint" ] || complain "$lint"
done

# The program in libsanboot(3) is the one that is compiled and run by tests/system/library.sh.
difference=$(diff <(sed -n '/^\.Sh EXAMPLES/,/^\.Ed/p' man/libsanboot.3 | sed '1,/^\.Bd/d; /^\.Ed/d; s/^\\&//; s/\\e/\\/g') examples/clone.cc) ||
  complain "the program in man/libsanboot.3 (<) and examples/clone.cc (>) differ:" "$difference"
exit "$bad"
