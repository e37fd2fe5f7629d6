# shellcheck shell=bash disable=SC2034 # bad is what a linter exits with
# SPDX-License-Identifier: Apache-2.0
# What the linters share. They are about the sources, so they run in the top directory of the tree.
set -euo pipefail
export LC_ALL=C
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

bad=0
complain() {
  printf '%s\n' "$*" >&2
  bad=1
}

# sources PATTERN…: the files of the project, of a git checkout or an unpacked archive.
sources() {
  if git rev-parse --is-inside-work-tree >/dev/null 2>&1; then
    git ls-files --cached --others --exclude-standard -- "$@" | while read -r file; do
      [ ! -f "$file" ] || echo "$file"
    done
  else
    local pattern
    for pattern in "$@"; do find . -path ./build -prune -o -type f -path "./$pattern" -print; done | sed 's,^\./,,'
  fi
}

require() {
  command -v "$1" >/dev/null || {
    echo "skipped: $1 is not installed" >&2
    exit 77
  }
}
