# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# Behind -- there are only arguments (POSIX, 12.2).
sanflash show -- nvm:-x
echo "exit code $?"
sanflash show --json -- nvm:-x -y
echo "exit code $?"
iscsiutl -- up
echo "exit code $?"
