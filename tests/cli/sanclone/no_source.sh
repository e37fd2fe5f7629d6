# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
sanclone missing.img copy.img
echo "$?"
ls
