#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# A layer of lib/ includes only itself and those before it in lib/CMakeLists.txt.
. "$(dirname "$0")/lib.sh"
read -r -a layers <<<"$(sed -n 's/^set(SANBOOT_LAYERS \(.*\))$/\1/p' lib/CMakeLists.txt)"
[ "${#layers[@]}" -gt 1 ] || complain "lib/CMakeLists.txt: SANBOOT_LAYERS not found"

place() {
  local i
  for i in "${!layers[@]}"; do
    if [ "${layers[i]}" = "$1" ]; then
      echo "$i"
      return
    fi
  done
  echo -1
}

while IFS=: read -r file line include; do
  own=$(place "$(cut -d / -f 2 <<<"$file")")
  included=$(place "${include%%/*}")
  [ "$own" -ge 0 ] || complain "$file: its directory is no layer"
  if [ "$included" -lt 0 ]; then
    complain "$file:$line: \"$include\" is not named by its layer"
  elif [ "$included" -gt "$own" ]; then
    complain "$file:$line: $include is of a higher layer"
  fi
done < <(grep -rnoE --include='*.h' --include='*.cc' '^ *# *include "[^"]+"' lib |
  sed -E 's/: *# *include "([^"]+)"/:\1/')

# libiscsi is the business of one layer.
while IFS= read -r line; do complain "$line: libiscsi outside lib/iscsi"; done < <(
  grep -rnE --include='*.h' --include='*.cc' '#include <iscsi/' lib tools | grep -v '^lib/iscsi/'
)
exit "$bad"
