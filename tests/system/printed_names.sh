#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Names of files with control characters in them: no tool prints one as it is, neither in a result nor in an error.
. "$(dirname "$0")/lib.sh"
require jq
cd "$work"
export LC_ALL=C.UTF-8
evil=$'e\e]0;PWNED\a\e[2J\r\n\xff\u202eb'
mkdir "$evil"
name=$evil/$evil
head -c 1M /dev/urandom >"$name.img"
head -c 512K /dev/zero >"$name.short"
printf '[initiator]\nname = "iqn.2026-11.org.example:h"\nmac = "%b"\n' '\\u001b[2J' >"$name.toml"
printf 'x' >"$name.text"

cases=0
# plain good|bad TOOL ARGUMENT…: ends with 0, or with a code of an error, says something, and what it says is printable
plain() {
  local expected=$1 status=0
  shift
  "$SANBOOT_BIN/$1" "${@:2}" >stdout 2>stderr </dev/null || status=$?
  case $expected-$status in
    good-0 | bad-[1-5]) ;;
    *) fail "$(printf '%q ' "$@"): status $status" ;;
  esac
  [ -s stdout ] || [ -s stderr ] || fail "$(printf '%q ' "$@"): says nothing"
  ! LC_ALL=C grep -q $'[\x01-\x08\x0b-\x1f\x7f]' stdout stderr || fail "$(printf '%q ' "$@"): a control character is printed"
  ! LC_ALL=C grep -q $'\xff\|\xe2\x80\xae' stdout stderr || fail "$(printf '%q ' "$@"): what is no text, or turns it, is printed"
  ! grep -q '^b' stdout stderr || fail "$(printf '%q ' "$@"): a name is on two lines"
  cases=$((cases + 1))
}
plain good sanclone "$name.img" "$name.out" --map "$name.map"
plain good sanclone "$name.img" "$name.out" --map "$name.map"
plain good sanclone "$name.img" "$name.out" -v -v
plain good sanclone "$name.img" "$name.zst" --verify
plain good sanclone --dry-run "$name.img" "$name.out"
plain good sanclone --compare "$name.img" "$name.out"
plain bad sanclone --compare "$name.img" "$name.short"
plain bad sanclone "$name.img" "$name.img"
plain bad sanclone "$name.none" "$name.out"
plain bad sanclone "$name.img" "$name.out" --map "$name.text"
plain bad sanclone "$name.img" "$name.out" "--$evil"
plain bad sanclone "$name.img" "$name.out" --rate "$evil"
plain bad sanboot-check "$name.img"
plain bad sanboot-check "$name.none"
plain bad sanboot-check "$name.img" --only "$evil"
plain bad sanboot-check "$name.img" --nic "$evil"
plain bad sanboot-check "$name.img" --profile "$name.toml"
plain bad sanboot-check "$name.img" --remedy "$name.text"
plain bad sanboot-check "$name.img" --report "$name.text"
plain good sanlun map "$name.img"
plain bad sanlun map "$name.none"
plain bad sanlun list "$evil"
plain bad sanlun "$evil"
plain bad sanflash export --format ipxe --profile "$name.toml"
plain bad sanflash export --format "$evil" --profile "$name.toml"
plain bad sanflash show "$name.text"
plain bad sanflash verify "$name.none"
plain bad sanflash rom show "$name.text"
echo "$cases commands"
