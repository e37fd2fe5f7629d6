# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# A variable of a script that is not set: the next argument must not be taken for the value.
truncate -s 1M a.img
for option in initiator chap-user chap-secret-file progress color verify zero map delta on-read-error bad-map rate \
  sessions depth block freeze force; do
  sanclone "--$option=" a.img b.img
  echo "--$option= $?"
done
for option in rate map sessions force; do
  sanclone "--$option" "" a.img b.img
  echo "--$option '' $?"
done
sanclone a.img ""
echo "'' $?"
sanclone "" b.img
echo "'' $?"
sanclone --json --rate= a.img b.img
echo "json $?"
sanclone --ratte= a.img b.img
echo "unknown $?"
ls
