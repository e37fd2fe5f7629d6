# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
make=$(dirname "$0")/../../support/nvm/nvm_make.py
python3 "$make" I210 card.bin --ports 1 --mask 00ffffff --vlan 0x100
sanflash show nvm:card.bin --json
