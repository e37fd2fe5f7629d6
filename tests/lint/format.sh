#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Every source file is as clang-format leaves it.
. "$(dirname "$0")/lib.sh"
require clang-format
sources '*.cc' '*.h' | xargs -r clang-format --dry-run -Werror
