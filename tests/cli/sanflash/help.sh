# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
sanflash --help
sanflash set --help
