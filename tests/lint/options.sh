#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# options.sh: no text of lib/ names an option of the tools, or a tool: the library gives a HintId (core/hint_id.h) or the
# name of a setting (core/hint.h), and tools/hints.cc has the words. options.txt lists the texts that may, with reasons.
. "$(dirname "$0")/lib.sh"
list=tests/lint/options.txt

# What the tools call themselves and their options.
ours=$(
  printf '%s\n' sanboot-check sanclone sanflash sanlun
  sources 'tools/*.cc' 'tools/*.h' | xargs grep -ohE '"(-[A-Za-z],)?--[a-z][a-z-]+[",]' | grep -oE -- '--[a-z-]+' | sort -u
)

# in_texts: "FILE WORD" of each literal that holds one of these words.
in_texts() {
  # shellcheck disable=SC2016 # awk's own
  sources 'lib/*.cc' 'lib/*.h' | xargs awk '
    /^ *(#|\/\/)/ { next }
    {
      line = $0
      while (match(line, /"([^"\\]|\\.)*"/)) {
        text = substr(line, RSTART, RLENGTH); line = substr(line, RSTART + RLENGTH)
        while (match(text, /--[a-z][a-z-]+|sanboot-check|sanclone|sanflash|sanlun/)) {
          print FILENAME, substr(text, RSTART, RLENGTH); text = substr(text, RSTART + RLENGTH)
        }
        if (line ~ /^[^"]*\/\//) break
      }
    }' | sort -u | grep -E " ($(paste -sd '|' <<<"$ours"))\$"
}

found=$(in_texts)
while read -r file word; do
  while read -r place words _; do
    case $file in "$place"*) [[ ,$words, == *,$word,* || $words == all ]] && continue 2 ;; esac
  done < <(grep -v '^#' "$list")
  complain "$file: a text names $word; give a HintId or setting() in its place"
done <<<"$found"
while read -r place words _; do
  for word in ${words//,/ }; do
    [ "$word" != all ] || word='[^ ]+'
    grep -qE "^${place}[^ ]* $word\$" <<<"$found" || complain "$list: no text of $place names $word any more; take it out"
  done
done < <(grep -v '^#' "$list")

# Each hint is given somewhere; that it names an option or a tool is tested in tests/unit/tools/hints_test.cc.
while read -r id; do
  grep -qrE --include='*.cc' --include='*.h' "HintId::$id\b" lib || complain "lib/core/hint_id.h: nobody gives $id"
done < <(sed -n 's/^  \([a-z_]*\),.*/\1/p' lib/core/hint_id.h | grep -vx none)
[ "$(wc -l <<<"$ours")" -gt 50 ] || complain "the options of the tools are not found where they should be"
exit "$bad"
