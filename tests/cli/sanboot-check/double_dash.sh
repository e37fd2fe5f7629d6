# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# Behind -- there are only arguments (POSIX, 12.2).
sanboot-check --quiet -- -x
echo "exit code $?"
sanboot-check --quiet -- -x -y
echo "exit code $?"
