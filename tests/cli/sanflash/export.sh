# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
printf 'machine-secret' >h1.secret
chmod 600 h1.secret
cat >h1.toml <<END
[initiator]
name = "iqn.2026-11.org.example:h1"
mac = "52:54:00:12:ab:57"
dhcp = false
address = "192.0.2.15/24"
gateway = "192.0.2.254"
[target]
portals = ["192.0.2.1", "192.0.3.1:3261"]
name = "iqn.2026-11.org.example:golden"
lun = 1
[auth]
method = "chap"
user = "h1"
secret_file = "h1.secret"
END
for format in ipxe dnsmasq dhcpd kea uefi-shell; do
  echo "== $format"
  sanflash export -p h1.toml --format "$format" -o -
done
echo "== ibft"
sanflash export -p h1.toml --format ibft -o h1.ibft --json
stat -c '%a %s' h1.ibft
sanflash export -p h1.toml --format dhcpd || echo "exit code $?"
sanflash export --format kea || echo "exit code $?"
sanflash export -p h1.toml --format ipxe -o - --json || echo "exit code $?"
sanflash export -p h1.toml --format mlx-raw -o - || echo "exit code $?"
sed -i 's/^portals = .*/portal = "192.0.2.1"/' h1.toml
printf '[boot]\nfirmware = "bios"\n' >>h1.toml
sanflash export -p h1.toml --format mlx-raw -o - | cut -c 1-100
