# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# Everybody may read the arguments of a process; and here they are not repeated.
sanclone a.img iscsi://user%hunter2@127.0.0.1/iqn.2026-11.org.example:x/1
echo "$?"
sanclone a.img iscsi://user:hunter2@127.0.0.1/iqn.2026-11.org.example:x/1
