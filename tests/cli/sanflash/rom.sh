# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
make=$(dirname "$0")/../../support/rom/rom_make.py
for kind in chain mrom padded flb3 dump faults; do python3 "$make" "$kind" "$kind.rom"; done
rom() { sanflash rom "$@" || echo "exit code $?"; }
rom info chain.rom
rom info mrom.rom padded.rom --json
rom info flb3.rom
rom info dump.rom
rom info dump.rom --scan
rom verify chain.rom padded.rom faults.rom
rom verify faults.rom --json
rom extract padded.rom -o parts
rom join parts/padded-1-x86.rom parts/padded-2-efi.rom --trailing parts/padded-trailing.bin -o same.rom
cmp padded.rom same.rom
rom set-id chain.rom --id 8086:10d3 -o new.rom
rom verify new.rom
cmp -l chain.rom new.rom || true
rom set-id new.rom --id 10ec:8139 --devices only --in-place --json
rom verify new.rom
