#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# faults_silent.sh [OPERATION]: targets that leave a command unanswered, or hang up instead. Each fault is a long wait:
# ctest runs the operations beside each other.
. "$(dirname "$0")/liar.sh"
only=${1:-}
tried=0

# silent onto|from OPERATION RULE
silent() {
  [ -z "$only" ] || [ "$only" = "$2" ] || return 0
  "$1" --rule "op=$2,$3"
  tried=$((tried + 1))
}

silent onto write skip=5,count=1,action=hang
silent onto write skip=5,action=drop
silent onto sync action=hang
silent onto sync action=drop
silent onto readcap action=hang
silent onto inquiry action=hang
silent from read skip=5,count=1,action=hang
silent from read skip=5,count=1,action=drop
[ "$tried" -gt 0 ] || fail "no fault in the operation $only"
