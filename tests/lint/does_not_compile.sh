#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Words of a shell, of iPXE, of dnsmasq and dhcpd and of cmd.exe where they would mean something else do not compile,
# each line of compile/wrong.cc for itself; what stands in compile/right.cc does.
. "$(dirname "$0")/lib.sh"
count=0
for compiler in "${CXX:-c++}" clang++; do
  command -v "$compiler" >/dev/null || continue
  compile=("$compiler" -std=c++20 -fsyntax-only -Ilib)
  errors=$("${compile[@]}" tests/lint/compile/right.cc 2>&1) ||
    complain "$compiler does not take what is right:" "$(grep 'error' <<<"$errors")"
  if [[ $compiler = clang* ]]; then compile+=(-ferror-limit=0); else compile+=(-fmax-errors=0); fi
  errors=$("${compile[@]}" tests/lint/compile/wrong.cc 2>&1) && complain "$compiler takes what is wrong:" "all of it"
  while IFS=: read -r line text; do
    count=$((count + 1))
    grep -qE "wrong\.cc:$line:[0-9]+:.*(error|constexpr. expansion)" <<<"$errors" || complain "$compiler takes what is wrong:" "$line:$text"
  done < <(grep -n '^  [a-z].*;$' tests/lint/compile/wrong.cc)
done
echo "$count wrong lines"
exit "$bad"
