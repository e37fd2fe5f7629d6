# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# Behind -- there are only arguments (POSIX, 12.2).
head -c 1M /dev/zero | tr '\0' x >a.img
sanclone --quiet -- a.img b.img && cmp a.img b.img
sanclone --quiet a.img -- -c.img && cmp a.img ./-c.img
sanclone --quiet --verify -- -c.img --quiet && cmp a.img ./--quiet
sanclone -- a.img
echo "exit code $?"
sanclone --compare --quiet -- a.img b.img
sanclone --compare --quiet -- a.img --
echo "exit code $?"
sanclone --nope -- a.img b.img
echo "exit code $?"
