#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# A program of somebody else is built with what is installed, by pkg-config alone: at the prefix that was given to the
# installation, and after the tree has been moved.
. "$(dirname "$0")/lib.sh"
make_work_directory
require pkg-config
require cmake
build=$(dirname "$SANBOOT_BIN")
cmake --install "$build" --prefix "$work/first" >"$work/install.log" || fail "cmake --install: $(tail -n 3 "$work/install.log")"

cat >"$work/size.cc" <<'END'
#include <core/units.h>
#include <open/open_device.h>

#include <cstdio>

int main() { std::puts(san::format_size(san::parse_size("64M", "size")).c_str()); }
END

# build_against PREFIX
build_against() {
  local pc flags
  pc=$(find "$1" -name sanboot.pc)
  flags=$(PKG_CONFIG_PATH=$(dirname "$pc") pkg-config --cflags --libs sanboot) || fail "pkg-config does not know sanboot in $1"
  # shellcheck disable=SC2086 # flags are several
  g++ "$work/size.cc" -o "$work/size" $flags 2>"$work/errors" || fail "does not compile with $flags: $(head -n 5 "$work/errors")"
  [ "$(LD_LIBRARY_PATH=$(dirname "$(dirname "$pc")") "$work/size")" = '64.0 MiB' ] || fail "built against $1, it does not run"
}

build_against "$work/first"
mv "$work/first" "$work/second"
build_against "$work/second"
