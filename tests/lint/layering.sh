#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# layering.sh [--update]: a directory of lib/ includes only itself and those that edges.txt names for it, and no
# directory includes itself by way of others. --update writes edges.txt anew: what it adds is to be judged.
. "$(dirname "$0")/lib.sh"
list=tests/lint/edges.txt

# in_use: "DIRECTORY INCLUDED" of each pair of different directories, by what stands between quotes.
in_use() {
  # shellcheck disable=SC2016 # awk's own
  find lib \( -name '*.h' -o -name '*.cc' \) -print0 | sort -z | xargs -0 awk '
    /^ *# *include "/ {
      split($0, parts, "\"")
      own = FILENAME; sub(/^lib\//, "", own); sub(/\/[^\/]*$/, "", own)
      other = parts[2]; if (!sub(/\/[^\/]*$/, "", other)) other = "(no directory)"
      if (own != other) print own, other
    }' | sort -u
}

# allowed: the same pairs, of the list's lines "DIRECTORY: INCLUDED…".
allowed() { sed -n 's/^\([^#:]*\): */\1 /p' "$list" | awk '{for (i = 2; i <= NF; i++) print $1, $i}' | sort -u; }

if [ "${1:-}" = --update ]; then
  { sed '/^[^#]/,$d' "$list" && in_use |
    awk '$1 != last {printf "%s%s:", last == "" ? "" : "\n", $1; last = $1} {printf " %s", $2} END {print ""}'; } >"$list.new"
  mv "$list.new" "$list"
fi

while read -r own other; do
  files=$(grep -rlE --include='*.h' --include='*.cc' "^ *# *include \"$other/[^/\"]+\"" "lib/$own" | head -n 3 | tr '\n' ' ')
  complain "lib/$own includes $other, which $list does not allow: $files"
done < <(comm -23 <(in_use) <(allowed))
while read -r own other; do
  complain "$list: $own does not include $other any more; take it out"
done < <(comm -13 <(in_use) <(allowed))
circle=$(allowed | tsort 2>&1 >/dev/null) || complain "$list: these directories include each other:" "${circle//tsort: /}"

# libiscsi is the business of one layer.
while IFS= read -r line; do complain "$line: libiscsi outside lib/iscsi"; done < <(
  grep -rnE --include='*.h' --include='*.cc' '#include <iscsi/' lib tools | grep -v '^lib/iscsi/'
)
exit "$bad"
