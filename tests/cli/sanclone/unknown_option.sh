# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# The nearest option is suggested.
sanclone --verfy a.img b.img
echo "$?"
sanclone --dryrun a.img b.img
echo "$?"
sanclone --xyzzy a.img b.img
