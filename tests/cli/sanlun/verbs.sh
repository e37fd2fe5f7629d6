# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# What is no verb, no option, or one argument too many.
for line in "" "lst x" "x" "list --jsn x" "list x y" "list --initiator= x"; do
  # shellcheck disable=SC2086 # words
  sanlun $line || echo "exit code $?"
done
sanlun --json lst
