# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# What is not done with ROMs, and the bit that hides them.
support=$(dirname "$0")/../../support
for kind in plain chain padded flb3 other; do python3 "$support/rom/rom_make.py" "$kind" "$kind.rom"; done
rom() { sanflash rom "$@" || echo "exit code $?"; }
rom
rom inf plain.rom
rom info
rom info missing.rom
rom verify plain.rom --port 1
rom extract plain.rom chain.rom
rom join plain.rom
rom join plain.rom padded.rom -o x.rom
rom join plain.rom flb3.rom -o x.rom
rom set-id plain.rom -o x.rom
rom set-id plain.rom --id 8086:100f
rom set-id plain.rom --id 8086 -o x.rom
rom set-id plain.rom --id 8086:10000 -o x.rom
rom set-id flb3.rom --id 8086:100f -o x.rom
rom set-id other.rom --id 8086:100f -o x.rom
rom set-id other.rom --id 8086:100f -o x.rom --checksum-byte 5000
rom set-id other.rom --id 8086:100f -o x.rom --checksum-byte 8
rom verify x.rom
rom set-id plain.rom --id 8086:100f -o x.rom
rom extract chain.rom
rom extract chain.rom
head -c 1000 plain.rom >cut.rom
rom verify cut.rom
rom set-id cut.rom --id 8086:100f -o y.rom

python3 "$support/nvm/nvm_make.py" I350 card.bin --poke 0x24=0x2080 --poke 0xa4=0x2080
sanflash reset nvm:card.bin --quiet
rom disable nvm:card.bin
rom enable nvm:card.bin --port 2 --unverified --dry-run
rom enable nvm:card.bin --port 5 --unverified
rom enable nvm:card.bin --unverified --scan
rom enable nvm:card.bin --port 2 --unverified --backup old.bin
sanflash verify nvm:card.bin
python3 "$support/nvm/nvm_make.py" 82574 old82574.bin
rom enable nvm:old82574.bin --unverified
rom enable all --port 1
rom enable uefi:vars.fd
