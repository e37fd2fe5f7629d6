#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Every script passes shellcheck.
. "$(dirname "$0")/lib.sh"
require shellcheck
mapfile -t scripts < <(sources '*.sh' '*.bash' .ci/run)
shellcheck -x -P SCRIPTDIR "${scripts[@]}"
