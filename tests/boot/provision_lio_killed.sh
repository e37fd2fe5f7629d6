#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Each verb of sanlun that provisions, on Linux' own target (LIO) in a guest, killed before its writes to configfs and
# its other system calls that change something: the same command again ends as if nothing had happened. Every point
# with SANBOOT_TEST_LONG=1; else as many, by chance, as a minute has room for. SANBOOT_TEST_POINTS names some:
# "create:12 delete:3".
. "$(dirname "$0")/../system/lib.sh"
. "$(dirname "$0")/guest_shell.sh"
require qemu-system-x86_64 apt-get dpkg-deb flock iscsi-inq
start_guest "$SANBOOT_BIN/sanlun" "$SANBOOT_SUPPORT/libkill_at.so" "$(command -v iscsi-inq)"
into_guest "$(dirname "$0")/guest_kill_points.sh" /tmp/kill_points.sh
seconds=45 patience=400
[ -z "${SANBOOT_TEST_LONG:-}" ] || seconds='' patience=7000
in_guest "seconds=$seconds points='${SANBOOT_TEST_POINTS:-}' sh /tmp/kill_points.sh"
cat "$work/stdout" >&2
expect_status 0
expect_text stdout ' 0 bad$'
! grep -q ', 0 killed' "$work/stdout" || fail "nothing was killed"
