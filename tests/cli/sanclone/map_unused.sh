# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# What neither keeps a clone map nor reads one does not take one.
truncate -s 1M a.img
cp a.img b.img
sanclone --compare --map m a.img b.img
echo $?
sanclone --dry-run --map m a.img b.img
echo $?
ls
