# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# discover, list and show: arguments that are wrong before anything is asked.
for line in "discover" "discover iscsi://h/iqn.x:y/1" "discover h:0" "discover 2001:db8::1" "list" "list h:x" "list iscsi://h" \
  "list iscsi://h/nonsense" "list iscsi://u:secret@h/iqn.x:y" "show" "show 192.0.2.1" "show iscsi://h/iqn.x:y" \
  "show iscsi://h/iqn.x:y/16384" "show iscsi://h/iqn.x:y/1 --timeout 0" "show iscsi://h/iqn.x:y/1 --timeot 3" \
  "discover h --initiator nonsense"; do
  # shellcheck disable=SC2086 # words
  sanlun $line || echo "exit code $?"
done
sanlun show --help
sanlun show --json 192.0.2.1
