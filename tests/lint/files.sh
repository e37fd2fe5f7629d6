#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Small files, each with its licence line; and comments of functions that begin with what they do.
. "$(dirname "$0")/lib.sh"
limit=20480
while read -r file; do
  size=$(stat -c %s "$file")
  [ "$size" -le "$limit" ] || complain "$file: $size bytes; split it (limit $limit)"
  head -n 3 "$file" | grep -q 'SPDX-License-Identifier: Apache-2.0' || complain "$file: no SPDX line at its head"
  if grep -nE '[[:space:]]+$' "$file" >&2; then complain "$file: spaces at the end of a line"; fi
  if [ -n "$(tail -c 1 "$file")" ]; then complain "$file: no line feed at its end"; fi
done < <(sources '*.cc' '*.h' '*.sh' '*.bash' '*.cmake' '*CMakeLists.txt' '*.1' '*.3' '*.5' '*.7' '*packages.txt' .ci/run \
  .clang-tidy .clang-format)

while read -r line; do complain "$line (begin with what it does or is)"; done < <(
  # shellcheck disable=SC2016 # awk's own
  sources 'lib/*.h' 'tools/*.h' | xargs awk '
    / *\/\/\/ (What|Whether|Where|How|The same)[^A-Za-z]/ && before !~ /^ *\/\/\// { print FILENAME ":" FNR ":" $0 }
    { before = $0 }'
)
exit "$bad"
