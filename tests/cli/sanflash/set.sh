# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
umask 022
make=$(dirname "$0")/../../support/nvm/nvm_make.py
python3 "$make" I210 card.bin --ports 1
printf 'one-way-secret' >h1.secret
chmod 600 h1.secret
cat >h1.toml <<EOF
[initiator]
name = "iqn.2026-11.org.example:h1"
mac = "52:54:00:12:34:57"
[target]
portal = "192.0.2.1"
name = "iqn.2026-11.org.example:golden"
lun = 1
[auth]
method = "chap"
user = "h1"
secret_file = "h1.secret"
EOF
sanflash set nvm:card.bin -p h1.toml || echo "exit code $?"
sanflash set nvm:card.bin -p h1.toml --ip-order=network --dry-run
sanflash set nvm:card.bin -p h1.toml --ip-order=network --backup old.bin
sanflash set nvm:card.bin -p h1.toml --ip-order=network
sanflash show nvm:card.bin --ip-order=network
sanflash set nvm:card.bin --lun 2 --no-chap --json
sanflash diff nvm:card.bin old.bin || echo "exit code $?"
sanflash restore nvm:card.bin old.bin -q
sanflash diff nvm:card.bin old.bin --json
