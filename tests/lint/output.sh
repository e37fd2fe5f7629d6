#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Text goes to standard output and standard error in lib/core/text/output.cc only, which takes what is Printable.
. "$(dirname "$0")/lib.sh"

only=lib/core/text/output.cc
# Between fork and exec, where nothing may be allocated: the text is a literal.
forked=lib/system/child_process.cc
ways='std::(cout|cerr|clog)|\b(std::)?(v?f?printf|fputs|puts|putchar|fputc|fwrite)\(|fmt::(v?print|println)\('
ways+='|\bwrite\((STDOUT|STDERR)_FILENO|\bstd(out|err)\b *[,)]'
found=$(sources 'lib/*.cc' 'lib/*.h' 'tools/*.cc' 'tools/*.h' | grep -vxF -e "$only" -e "$forked" |
  xargs grep -nHE "$ways" | grep -vE '^[^:]+:[0-9]+: *//' | sed -E 's/"([^"\\]|\\.)*"//g' | grep -E "$ways") || true
[ -z "$found" ] || complain "only $only prints; take print_text() or print_aside():" "$found"
grep -qE "$ways" "$only" || complain "$only: nothing is found where there is something to find"
exit "$bad"
