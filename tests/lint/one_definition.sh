#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# A type is defined once in its namespace, all over lib/ and over each tool: a linker takes two of one name for the
# same ([basic.def.odr] in the C++ standard: no diagnostic required). And one word is one type: no two namespaces of
# lib/ have types of one name, which readers take for the same.
. "$(dirname "$0")/lib.sh"

# definitions DIRECTORY…: "NAMESPACE::NAME FILE:LINE" of each type at the top of a namespace that is not anonymous.
definitions() {
  # shellcheck disable=SC2016 # awk's own
  find "$@" -name '*.h' -o -name '*.cc' | sort | xargs awk '
    FNR == 1 { space = ""; hidden = 0 }
    /^namespace \{/ { hidden = 1 }
    /^\}  \/\/ namespace$/ { hidden = 0 }
    /^namespace [a-z_:]+ \{/ { space = $2 }
    /^(class|struct|union|enum|enum class) [A-Za-z_0-9]+( final)?( :.*)? \{/ && !hidden {
      name = $1 == "enum" && $2 == "class" ? $3 : $2
      print space "::" name, FILENAME ":" FNR
    }'
}

for part in "lib tools/tool.h tools/lun_argument.h" tools/*/; do
  # shellcheck disable=SC2086 # several directories
  while read -r name first second; do complain "$second: $name is defined in $first, too"; done < <(
    definitions $part | sort | awk '$1 == last {print $1, place, $2} {last = $1; place = $2}'
  )
done
all=$(definitions lib)
while read -r name first second; do complain "$second: there is a type named $name in $first, too"; done < <(
  awk '{n = split($1, part, "::"); print part[n], $2}' <<<"$all" | sort |
    awk '$1 == last {print $1, place, $2} {last = $1; place = $2}'
)
[ "$(wc -l <<<"$all")" -gt 100 ] || complain "lib: hardly a definition was found"
exit "$bad"
