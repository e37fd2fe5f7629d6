#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# run.sh [--quick [LAYER] | --coverage | --long | --tidy [REVISION]]: installs what is missing, builds, and runs the
# tests. README.md says which test is for what.
#   --quick   unit tests only, of one layer of lib/ if it is named, in a build that is fast to make; nothing is installed
#             but what that needs
#   --coverage  unit tests, and how much of lib/ they run
#   --long    every boot goes on to its end, what talks to targets runs with the sanitizers, too, and the unit tests of
#             block, copy and iscsi run with ThreadSanitizer: some three hours
#   --tidy    no tests: clang-tidy reads every file, or those that differ from a revision of git. It takes half an hour
#             for all of them, so it is for the time before a change is handed in.
#
# The whole: everything but the unit tests is built as users have it (g++), and everything once more with
# AddressSanitizer and UndefinedBehaviorSanitizer (clang++), with which the unit tests and those of the command lines
# run. Tests wait more than they compute: the second build goes on behind them, at a low priority.
set -eu
cd "$(dirname "$0")/.."

mode=whole
sanitized='unit|cli'
case ${1:-} in
  '') ;;
  --quick) mode=quick ;;
  --coverage) mode=coverage ;;
  --long)
    sanitized='unit|cli|system'
    export SANBOOT_TEST_LONG=1
    ;;
  --tidy) mode=tidy ;;
  *)
    echo "Usage: tests/run.sh [--quick [LAYER] | --coverage | --long | --tidy [REVISION]]" >&2
    exit 2
    ;;
esac

jobs=$(nproc)
at_a_time=$((2 * jobs)) # tests that wait leave the processors to others
stages=
behind=
nice=
logs=$(mktemp -d)
kill_tree() {
  for child in $(ps -o pid= --ppid "$1"); do kill_tree "$child"; done
  kill "$1" 2>/dev/null || true
}
cleanup() {
  [ -z "$behind" ] || kill_tree "$behind"
  rm -rf "$logs"
}
trap cleanup EXIT
trap 'exit 130' INT TERM HUP

# run NAME COMMAND…: leaves passed or FAILED in the file NAME.result.
run() {
  began=$(date +%s)
  name=$1
  shift
  echo "=== $name"
  if "$@" </dev/null; then result=passed; else result=FAILED; fi
  echo "=== $name $result in $(($(date +%s) - began)) s"
  echo "$result" >"$logs/$name.result"
}

# stage NAME COMMAND…: goes on after a failure, so that one run shows all of them.
stage() {
  stages="$stages $1"
  run "$@" 2>&1 | tee "$logs/$1.log"
}

# await NAME: a stage that runs behind; its output is shown when it is complete.
await() {
  stages="$stages $1"
  while [ ! -e "$logs/$1.result" ] && kill -0 "$behind" 2>/dev/null; do sleep 1; done
  cat "$logs/$1.log"
}

passed() { [ "$(cat "$logs/$1.result" 2>/dev/null)" = passed ]; }

# summary: the last lines say which stages failed and how each failure begins.
summary() {
  failed=
  for name in $stages; do passed "$name" || failed="$failed $name"; done
  for name in $failed; do
    echo "=== $name FAILED:"
    grep -E 'error|FAILED|\*\*\*' "$logs/$name.log" | grep -vE '^===|^ +Start | Passed ' | head -n 12 || true
  done
  if [ -n "$failed" ]; then echo "=== FAILED:$failed"; else echo "=== all passed:$stages"; fi
  [ -z "$failed" ]
}

# configure_and_build PRESET TARGET [OPTION…]: quiet if all is well.
configure_and_build() {
  preset=$1
  goal=$2
  shift 2
  if ! cmake --preset "$preset" -DBUILD_TESTING=ON "$@" >"$logs/$preset" 2>&1 ||
    ! $nice cmake --build --preset "$preset" -j "$jobs" --target "$goal" >>"$logs/$preset" 2>&1; then
    cat "$logs/$preset"
    return 1
  fi
}

# files_to_tidy [REVISION]
files_to_tidy() {
  if [ -n "${1:-}" ]; then
    git diff --name-only --diff-filter=d "$1" -- 'lib/*.cc' 'tools/*.cc' 'tests/support/*.cc'
  else
    find lib tools tests/support -name '*.cc'
  fi
}

tidy() {
  # shellcheck disable=SC2016 # $1 is for the shell inside
  files_to_tidy "$@" | xargs -n 1 -P "$jobs" sh -c \
    'clang-tidy -p build/dev --quiet "$1" 2>/dev/null || { echo "FAILED: clang-tidy $1"; exit 1; }' tidy
}

# unit_tests PRESET [LAYER]
unit_tests() {
  preset=$1
  programs='^unit-'
  target=unit-tests
  if [ -n "${2:-}" ]; then
    [ -d "lib/$2" ] || {
      echo "tests/run.sh --quick $2: no layer of lib/ has that name; there are $(cd lib && echo */)" >&2
      exit 2
    }
    programs="^unit-$2(-|\$)"
    target=unit-$2
  fi
  sh examples/install-packages.sh examples/packages.txt tests/unit-packages.txt
  launcher=
  if command -v ccache >/dev/null; then launcher=ccache; fi
  stage build configure_and_build "$preset" "$target" "-DCMAKE_CXX_COMPILER_LAUNCHER=$launcher"
  if passed build; then stage tests ctest --preset "$preset" -j "$at_a_time" -R "$programs"; fi
}

case $mode in
  quick)
    unit_tests dev "${2:-}"
    summary
    exit
    ;;
  coverage)
    sh examples/install-packages.sh tests/coverage-packages.txt
    unit_tests coverage
    stage coverage gcovr --root . --filter lib/ --exclude-throw-branches --print-summary --output build/coverage/lines.txt \
      build/coverage
    summary
    exit
    ;;
esac

sh examples/install-packages.sh examples/packages.txt tests/unit-packages.txt tests/packages.txt

if [ "$mode" = tidy ]; then
  shift
  cmake --preset dev >"$logs/configure"
  stage clang-tidy tidy "$@"
  summary
  exit
fi
stage build configure_and_build ci all -DSANBOOT_UNIT_TESTS=0
if ! passed build; then
  summary || echo "nothing was tested"
  exit 1
fi

(
  nice='nice -n 19'
  run sanitizer-build configure_and_build asan all >"$logs/sanitizer-build.log" 2>&1
) &
behind=$!
stage tests ctest --preset ci -j "$at_a_time"
await sanitizer-build
if passed sanitizer-build; then stage sanitizers ctest --preset asan -j "$at_a_time" -L "$sanitized"; fi
if [ "$mode" = whole ] && [ -n "${SANBOOT_TEST_LONG:-}" ]; then
  stage thread-sanitizer-build configure_and_build tsan thread-tests
  if passed thread-sanitizer-build; then
    stage thread-sanitizer ctest --preset tsan -j "$jobs" -R '^unit-(block|copy|iscsi)(-|$)'
  fi
fi
summary
