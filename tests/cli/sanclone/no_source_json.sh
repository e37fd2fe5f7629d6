# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# An error is a document, too; nothing is printed beside it.
sanclone --json missing.img copy.img
