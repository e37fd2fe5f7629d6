# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
truncate -s 1M a.img
for url in iscsi:// iscsi://host iscsi://host/iqn.2026-11.org.example:x iscsi://host/iqn.2026-11.org.example:x/one \
  iscsi://host/iqn.2026-11.org.example:x/99999 iscsi://host:0/iqn.2026-11.org.example:x/1 \
  iscsi://host:99999/iqn.2026-11.org.example:x/1 iscsi://::1/iqn.2026-11.org.example:x/1 \
  'iscsi://[::1/iqn.2026-11.org.example:x/1' iscsi://host/disk1/1 iscsi:///iqn.2026-11.org.example:x/1; do
  sanclone a.img "$url"
  echo "$?"
done
