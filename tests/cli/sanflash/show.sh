# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
make=$(dirname "$0")/../../support/nvm/nvm_make.py
# QEMU's 82574 has 64 words, and a pointer that leads out of them.
python3 "$make" 82574 small.bin --words 64 --poke 0x3d=0x0120 --poke 0x3f=0x1234 --poke 0x31=0xc000
sanflash show nvm:small.bin
python3 "$make" I350 card.bin --ports 2 --mask ffffff00
sanflash show nvm:card.bin
python3 "$make" I210 vlan.txt --ports 1 --vlan 0x100 --table
sanflash show nvm:vlan.txt
python3 "$make" X550 ten.bin --ports 2
sanflash show nvm:ten.bin
sanflash show nvm:ten.bin --family x550
python3 "$make" I211 otp.bin
sanflash show nvm:otp.bin
