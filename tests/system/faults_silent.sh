#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Targets that leave a command unanswered, or hang up instead.
. "$(dirname "$0")/liar.sh"

onto --rule op=write,skip=5,count=1,action=hang
onto --rule op=write,skip=5,action=drop
onto --rule op=sync,action=hang
onto --rule op=sync,action=drop
onto --rule op=readcap,action=hang
onto --rule op=inquiry,action=hang
from --rule op=read,skip=5,count=1,action=hang
from --rule op=read,skip=5,count=1,action=drop
