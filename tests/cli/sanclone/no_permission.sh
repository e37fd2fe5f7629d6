# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# Errors of the system are told in words.
truncate -s 1M a.img
sanclone a.img /proc/self/nowhere
echo "$?"
sanclone a.img .
