# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# What a block cannot carry, and what is not written without being told to.
make=$(dirname "$0")/../../support/nvm/nvm_make.py
python3 "$make" I210 card.bin --ports 1 --mask ffffff00
cp card.bin old.bin
printf 'too-short' >short.secret
printf 'long-enough-secret-file' >long.secret
printf 'readable-secret' >open.secret
chmod 600 short.secret long.secret
chmod 644 open.secret
cat >portals.toml <<EOF
[initiator]
name = "iqn.2026-11.org.example:h1"
[target]
portals = ["192.0.2.1", "198.51.100.1"]
name = "iqn.2026-11.org.example:golden"
EOF
flash() { sanflash "$@" || echo "exit code $?"; }
flash set nvm:card.bin -p portals.toml
flash set nvm:card.bin --portal '[2001:db8::1]'
flash set nvm:card.bin --portal '[::ffff:192.0.2.1]'
flash set nvm:card.bin --portal san.example.org
flash set nvm:card.bin --address 2001:db8::2/64
flash set nvm:card.bin --target "iqn.2026-11.org.example:$(printf 'x%.0s' {1..220})"
flash set nvm:card.bin --chap-user h1 --chap-secret-file short.secret
flash set nvm:card.bin --chap-user h1 --chap-secret-file long.secret
flash set nvm:card.bin --chap-user h1 --chap-secret-file open.secret
flash set nvm:card.bin --chap-user h1
flash set nvm:card.bin --port 2 --lun 1
python3 "$make" I350 quad.bin --ports 4 --mask ffffff00
flash priority nvm:quad.bin --port 3 primary
flash priority nvm:quad.bin --port 3 primary --unverified --dry-run
python3 "$make" 82571 old82571.bin --ports 1 --poke 0x201=0x0342
flash set nvm:old82571.bin --lun 1
flash priority nvm:old82571.bin disabled
python3 "$make" I210 none.bin
flash set nvm:none.bin --lun 1 --json
python3 "$make" 82599 ten.bin --ports 2 --mask ffffff00
flash set nvm:ten.bin --lun 1
flash set nvm:ten.bin --family 82599 --vlan 5
flash restore nvm:card.bin quad.bin
head -c 100 card.bin >piece.bin
flash show nvm:piece.bin
printf '0x0000: 00 01\n0x0010: 00\n' >table.txt
flash show nvm:table.txt
cmp card.bin old.bin
