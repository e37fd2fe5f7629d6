#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# The library as somebody else has it: installed, to a prefix and under DESTDIR, and moved; with it the program of
# libsanboot(3), built by pkg-config and by find_package(), clones, verifies and reports errors. It shows no more than its
# own names, and installs no header but those of sanboot/.
. "$(dirname "$0")/lib.sh"
require pkg-config cmake g++ nm c++filt readelf
[ "${SANBOOT_SANITIZED:-0}" != 1 ] || skip "a sanitizer wants to be in the program, too"
build=$(dirname "$SANBOOT_BIN")
source=$here/../..
image_size=64M

say "installed at a prefix, and under DESTDIR, then moved"
cmake --install "$build" --prefix "$work/first" >"$work/install.log" || fail "cmake --install: $(tail -n 3 "$work/install.log")"
DESTDIR=$work/stage cmake --install "$build" --prefix /opt/sanboot >"$work/install.log" || fail "with DESTDIR: $(tail -n 3 "$work/install.log")"
diff <(cd "$work/first" && find . | sort) <(cd "$work/stage/opt/sanboot" && find . | sort) >&2 || fail "DESTDIR changes what is installed"
! grep -rIlF "$work" "$work/first" "$work/stage" || fail "the prefix is written down there"
mv "$work/first" "$work/moved"
mv "$work/stage/opt/sanboot" "$work/staged"

say "headers: those of sanboot/, each by itself, without flags of anybody's"
others=$(find "$work/moved/include" ! -type d ! -path "$work/moved/include/sanboot/*.h")
[ -z "$others" ] || fail "installed: $others"
for header in "$work/moved"/include/sanboot/*.h; do
  name=sanboot/$(basename "$header")
  echo "#include <$name>" >"$work/one.cc"
  g++ -std=c++20 -Wall -Wextra -Wpedantic -Werror -fsyntax-only -I"$work/moved/include" "$work/one.cc" || fail "$name does not stand alone"
  ! g++ -std=c++17 -fsyntax-only -I"$work/moved/include" "$work/one.cc" 2>"$work/errors" || fail "$name compiles as C++17"
  grep -q 'headers are C++20' "$work/errors" || fail "$name does not say that it is C++20"
  ! grep -nE '#include (<(fmt|nlohmann|CLI|toml)|")' "$header" || fail "$name includes what others need not have"
done

# by_pkg_config PREFIX PROGRAM
by_pkg_config() {
  local flags pc
  pc=$(find "$1" -name sanboot.pc)
  flags=$(PKG_CONFIG_PATH=$(dirname "$pc") pkg-config --cflags --libs sanboot) || fail "pkg-config does not know sanboot in $1"
  # shellcheck disable=SC2086 # flags are several
  g++ "$example" -o "$2" $flags -Wl,-rpath,"$(dirname "$(dirname "$pc")")" 2>"$work/errors" || fail "with $flags: $(head -n 5 "$work/errors")"
}

# by_cmake PREFIX PROGRAM
by_cmake() {
  rm -rf "$work/project"
  mkdir "$work/project"
  cat >"$work/project/CMakeLists.txt" <<END
cmake_minimum_required(VERSION 3.25)
project(example LANGUAGES CXX)
find_package(sanboot 0.1 REQUIRED)
add_executable(clone $example)
target_link_libraries(clone PRIVATE sanboot::sanboot)
END
  cmake -S "$work/project" -B "$work/project/build" -DCMAKE_PREFIX_PATH="$1" -DCMAKE_BUILD_TYPE=Release >"$work/errors" 2>&1 ||
    fail "find_package() in $1: $(tail -n 5 "$work/errors")"
  cmake --build "$work/project/build" >"$work/errors" 2>&1 || fail "with CMake in $1: $(tail -n 5 "$work/errors")"
  cp "$work/project/build/clone" "$2"
}

example=$source/examples/clone.cc
by_pkg_config "$work/moved" "$work/clone-pc"
by_cmake "$work/staged" "$work/clone-cmake"
cat >"$work/all.cc" <<'END'
#include <sanboot/clone.h>
#include <sanboot/error.h>
#include <sanboot/version.h>

int main() {
  san::CloneError error(san::ErrorCode::wrong, "a", "b", "c");
  error = san::CloneError(error);
  const bool right = error.code() == san::ErrorCode::wrong && error.object() + error.cause() + error.advice() == "abc";
  return right && san::version()[0] != 0 ? 0 : 1;
}
END
example=$work/all.cc
by_pkg_config "$work/moved" "$work/all"
"$work/all" || fail "errors do not hold what they were made of"
library=$(find "$work/moved" -name 'libsanboot.so.*.*.*')

say "symbols: only the library's own, and the program needs none that is private"
# Four of C, with which the library sees what libiscsi reads, stand in front of libc's.
foreign=$(nm -D --defined-only "$library" | c++filt | awk '$2 != "A"' | cut -d ' ' -f 3- | grep -vxE 'readv|recv|send|writev' |
  grep -vE '^((typeinfo|typeinfo name|vtable|VTT|guard variable|(non-)?virtual thunk) (for|to) )?san::' || true)
[ -z "$foreign" ] || fail "foreign symbols: $(head -n 5 <<<"$foreign")"
named=$(nm -D --defined-only "$library" | c++filt | grep -E 'nlohmann|toml::|fmt::|CLI::' || true)
[ -z "$named" ] || fail "symbols with names of other libraries: $(head -n 5 <<<"$named")"
abi=$(readelf -d "$library" | sed -n 's/.*SONAME.*libsanboot\.so\.\([0-9.]*\).*/\1/p')
private=$(nm -D --undefined-only "$work/clone-pc" "$work/all" | grep -F '@SANBOOT_' | grep -vF "@SANBOOT_$abi" || true)
[ -z "$private" ] || fail "needed of SANBOOT_PRIVATE: $private"
public=$(nm -D --defined-only "$library" | c++filt | grep -F "@@SANBOOT_$abi" | cut -d ' ' -f 3- | sed 's/@@.*//' | sort -u)
unexpected=$(grep -vE '^(san::clone\(|san::version\(|san::CloneError::|(typeinfo|typeinfo name|vtable) for san::CloneError$)' <<<"$public" || true)
[ -z "$unexpected" ] || fail "public, and in no header: $unexpected"
grep -q '^san::clone(' <<<"$public" || fail "san::clone() is not public"

# run_program PROGRAM SOURCE DEST
run_program() {
  status=0
  timeout --kill-after=5 60 "$@" >"$work/stdout" 2>"$work/stderr" || status=$?
}

say "clones, verified: onto a target, and into an image"
make_image "$work/disk.img"
start_tgtd
new_tgt_lun "$work/lun" 64M
run_program "$work/clone-pc" "$work/disk.img" "$url"
expect_status 0
expect_text stdout '^verified, XXH3-128 [0-9a-f]{32}$'
same "$work/disk.img" "$work/lun"
run_program "$work/clone-cmake" "$work/disk.img" "$work/copy.img"
expect_status 0
same "$work/disk.img" "$work/copy.img"
run_program "$work/clone-cmake" "$url" "$work/back.img"
expect_status 0
same "$work/disk.img" "$work/back.img"

say "errors have a code and a message without words of the tools"
run_program "$work/clone-pc" "$work/disk.img" "iscsi://127.0.0.1:$tgtd_port/iqn.2026-11.org.example:nobody/1"
expect_status 3
expect_text stderr '^error 3: iscsi://.*nobody'
run_program "$work/clone-pc" "$work/disk.img" "$work/disk.img"
expect_status 3
expect_text stderr '^error 2: .*is the source itself'
truncate -s 1M "$work/small"
new_tgt_lun "$work/small" 1M
run_program "$work/clone-pc" "$work/disk.img" "$url"
expect_status 3
expect_text stderr '^error 2: '
run_program "$work/clone-pc" "$work/none.img" "$work/copy2.img"
expect_status 3
expect_text stderr '^error 1: .*none\.img'
[ ! -e "$work/copy2.img" ] || fail "a destination is left behind"
! grep -qE -- '--[a-z]|sanclone' "$work/stderr" || fail "a text names an option"
