# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
umask 022
python3 "$(dirname "$0")/../../support/uefi/store_make.py" vars.fd
printf 'machine-secret' >h1.secret
chmod 600 h1.secret
cat >h1.toml <<END
[initiator]
name = "iqn.2026-11.org.example:h1"
mac = "52:54:00:12:ab:57"
dhcp = false
address = "192.0.2.15/24"
[target]
portals = ["192.0.2.1", "192.0.3.1:3261"]
name = "iqn.2026-11.org.example:golden"
lun = 1
[auth]
method = "chap"
user = "h1"
secret_file = "h1.secret"
END
sanflash set uefi:vars.fd -p h1.toml --dry-run
sanflash set uefi:vars.fd -p h1.toml --backup old.fd
sanflash set uefi:vars.fd -p h1.toml
sanflash verify uefi:vars.fd
sanflash show uefi:vars.fd
sanflash set uefi:vars.fd --lun 2 --vlan 100 --portal 192.0.2.2 --no-chap --json
sanflash verify uefi:vars.fd
sanflash show uefi:vars.fd --json | head -n 32
sanflash priority uefi:vars.fd disabled
sanflash set uefi:vars.fd --mac 52:54:00:00:00:02 --lun 3 || echo "exit code $?"
sanflash set uefi:vars.fd --port 2 --lun 3 || echo "exit code $?"
sanflash reset uefi:vars.fd
sanflash show uefi:vars.fd | head -n 5
sanflash restore uefi:vars.fd old.fd
sanflash diff uefi:vars.fd old.fd
sanflash show uefi:h1.toml || echo "exit code $?"
# What is no MAC address of a NIC: too short, too long, of a group, of all.
for mac in 5254:00:12:34:56: a:b:c:d:e:f000000 52:54:00:12:34 01:00:5e:00:00:01 ff:ff:ff:ff:ff:ff ''; do
  sanflash set uefi:vars.fd --mac "$mac" --lun 3 || echo "exit code $?"
done
cmp vars.fd old.fd
