#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# install-packages.sh FILE…: installs what the package lists name and is not there yet.
set -eu

missing=
names=$(sed 's/#.*//' "$@")
for package in $names; do
  state=$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null) || state=
  [ "$state" = installed ] || missing="$missing $package"
done
[ -n "$missing" ] || exit 0

root=
if [ "$(id -u)" -ne 0 ]; then
  root=sudo
  if ! command -v sudo >/dev/null; then
    echo "These packages are missing; please have them installed: apt-get install --no-install-recommends$missing" >&2
    exit 3
  fi
fi
echo "Installing$missing"
# shellcheck disable=SC2086 # a list, and no command in front of env for root
{
  $root env DEBIAN_FRONTEND=noninteractive apt-get -q update
  $root env DEBIAN_FRONTEND=noninteractive apt-get -q -y -o Dpkg::Use-Pty=0 install --no-install-recommends $missing
} </dev/null
