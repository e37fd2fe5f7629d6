# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# What the verbs that provision do not take. Nothing is asked of a target: there is none.
export TGT_IPC_SOCKET=/nowhere/tgt
while read -r line; do
  echo "sanlun $line"
  # shellcheck disable=SC2086 # words
  sanlun $line || echo "exit code $?"
done <<'END'
create
create host1 --size 40X --initiator iqn.2026-11.org.example:a
create host1 --size 1G --device /dev/null --initiator iqn.2026-11.org.example:a
create host1 --size 1G --driver scst
create host1 --size 1G --initiator iqn.2026-11.org.example:a --firmware dos
create host1 --size 1G --initiator iqn.2026-11.org.example:a --lun 99999
create host1 --size 1G --initiator iqn.2026-11.org.example:a --portal [::1
create host1 --size 1G --initiatr iqn.2026-11.org.example:a
delete
delete host1 --yes-destory host1
attach host1
detach host1
allow host1 --only
allow host1 --no-chap --chap host1
tune host1 --set MaxBurstLength
tune host1 --set =5
snapshot host1 --remove
snapshot Host/1
snapshot host1 --pool /nowhere
snapshot host1 s1 --remove --pool /nowhere
rollback host1
END
