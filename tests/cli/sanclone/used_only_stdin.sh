# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
true | sanclone --used-only - copy.img
