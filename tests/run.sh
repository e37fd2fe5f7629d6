#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# run.sh [--quick]: installs what is missing, builds, and runs every test: clang-tidy, then all of ctest under
# AddressSanitizer and UndefinedBehaviorSanitizer, then all of it as users have it. --quick: unit tests only.
set -eu
cd "$(dirname "$0")/.."

quick=
case ${1:-} in
  '') ;;
  --quick) quick=1 ;;
  *)
    echo "Usage: tests/run.sh [--quick]" >&2
    exit 2
    ;;
esac

jobs=$(nproc)
failed=

# stage NAME COMMAND…: goes on after a failure, so that one run shows all of them.
stage() {
  name=$1
  shift
  echo "=== $name"
  began=$(date +%s)
  if "$@" </dev/null; then result=passed; else result=FAILED failed="$failed $name"; fi
  echo "=== $name $result in $(($(date +%s) - began)) s"
}

configure_and_build() {
  log=$(mktemp)
  if ! cmake --preset "$1" -DBUILD_TESTING=ON >"$log" 2>&1 || ! cmake --build --preset "$1" -j "$jobs" >>"$log" 2>&1; then
    cat "$log"
    rm -f "$log"
    return 1
  fi
  rm -f "$log"
}

tidy() {
  find lib tools tests/support -name '*.cc' -print0 |
    xargs -0 -n 1 -P "$jobs" clang-tidy -p build/release --quiet 2>/dev/null
}

sh examples/install-packages.sh examples/packages.txt tests/packages.txt

stage build configure_and_build ci
if [ -n "$failed" ]; then
  echo "FAILED: the build; nothing was tested"
  exit 1
fi
if [ -z "$quick" ]; then
  stage clang-tidy tidy
  stage sanitizer-build configure_and_build asan
  # Many tests wait for a target that does not answer: twice as many at a time keep the processors busy.
  stage sanitizers ctest --preset asan -j $((2 * jobs)) -LE lint
  if [ -n "$failed" ]; then echo "=== FAILED so far:$failed"; else echo "=== all passed so far"; fi
fi
echo "=== tests"
ctest --preset ci -j $((2 * jobs)) ${quick:+-L unit} </dev/null || failed="$failed tests"
[ -z "$failed" ]
