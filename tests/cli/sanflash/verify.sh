# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
make=$(dirname "$0")/../../support/nvm/nvm_make.py
verify() { sanflash verify "$@" || echo "exit code $?"; }
python3 "$make" 82576 good.bin --ports 2
verify nvm:good.bin
python3 "$make" 82580 bad.bin --ports 2 --poke 0x13f=0 --poke 0x12=0 --poke 0x37=0x2000 --poke 0x2f=0x0010
verify nvm:bad.bin
verify nvm:bad.bin --json
python3 "$make" X540 ten.bin
verify nvm:ten.bin
verify nvm:ten.bin --family X540
sanflash reset nvm:bad.bin --dry-run
