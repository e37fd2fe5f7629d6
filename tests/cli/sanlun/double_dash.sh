# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# Behind -- there are only arguments (POSIX, 12.2).
: >-x.img
sanlun map -- -x.img
sanlun map -- -x.img --json
echo "exit code $?"
sanlun map -x.img
echo "exit code $?"
