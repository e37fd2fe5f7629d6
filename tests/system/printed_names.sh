#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Names with control characters in them, of files and of what a target says: no tool prints one as it is, neither in
# a result (text or JSON) nor in an error.
. "$(dirname "$0")/lib.sh"
require jq
cd "$work"
export LC_ALL=C.UTF-8
evil=$'e\e]0;PWNED\a\e[2J\r\n\xff\u202e\x7f\u009b2J\u2028\ufeff\nzzz'
mkdir "$evil"
name=$evil/$evil
head -c 1M /dev/urandom >"$name.img"
head -c 512K /dev/zero >"$name.short"
printf '[initiator]\nname = "iqn.2026-11.org.example:h"\nmac = "%b"\n' '\\u001b[2J' >"$name.toml"
printf 'x' >"$name.text"

cases=0
# plain good|bad|any TOOL ARGUMENT…: ends with 0, or with a code of an error, says something, and what it says is printable
plain() {
  local expected=$1 status=0
  shift
  "$SANBOOT_BIN/$1" "${@:2}" >stdout 2>stderr </dev/null || status=$?
  case $expected-$status in
    good-0 | bad-[1-5] | any-[0135]) ;;
    *) fail "$(printf '%q ' "$@"): status $status" ;;
  esac
  [ -s stdout ] || [ -s stderr ] || fail "$(printf '%q ' "$@"): says nothing"
  # With --color=always: the tool's own, which nothing else can be taken for.
  sed -z -i 's/\x1b\[\(1\|1;31\|90\|32\|33\)m\([^\x1b]*\)\x1b\[0m/\2/g' stdout
  ! LC_ALL=C grep -q $'[\x01-\x08\x0b-\x1f\x7f]' stdout stderr || fail "$(printf '%q ' "$@"): a control character is printed"
  ! LC_ALL=C grep -q $'\xff\|\xe2\x80\xae\|\xe2\x80\xa8\|\xc2[\x80-\x9f]\|\xef\xbb\xbf' stdout stderr || fail "$(printf '%q ' "$@"): what is no text, or turns it, is printed"
  ! grep -q '^ *zzz' stdout stderr || fail "$(printf '%q ' "$@"): a name is on two lines"
  cases=$((cases + 1))
}
plain good sanclone "$name.img" "$name.out" --map "$name.map"
plain good sanclone "$name.img" "$name.out" --map "$name.map"
plain good sanclone "$name.img" "$name.out" -v -v
plain good sanclone "$name.img" "$name.zst" --verify
plain good sanclone --dry-run "$name.img" "$name.out"
plain good sanclone --compare "$name.img" "$name.out"
plain good sanclone --compare "$name.img" "$name.out" --json
plain good sanclone "$name.img" "$name.out" --json
plain good sanclone "$name.img" "$name.out" --progress json
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
truncate -s 16M "$name.large"
for verb in map "bench --seconds 1"; do
  for option in '' --json; do
    # shellcheck disable=SC2086 # words
    plain good sanlun $verb "$name.large" $option
  done
done
plain good sanlun map "$name.img" --svg -
plain bad sanlun snapshot volume --pool "$evil"
plain bad sanboot-check "$name.img" --json
plain bad sanboot-check "$name.img" -q
plain bad sanboot-check "$name.img" -v --skip BOOT --source "$name.short"

python3 "$here/../support/rom/rom_make.py" chain chain.rom
python3 "$here/../support/rom/rom_make.py" faults faults.rom
cp chain.rom "$name.rom"
cp faults.rom "$name.faults"
for option in '' --json; do
  # shellcheck disable=SC2086 # none, or a word
  plain good sanflash rom info "$name.rom" $option
  plain good sanflash rom verify "$name.rom" $option
  plain bad sanflash rom verify "$name.faults" $option
  plain good sanflash rom extract "$name.rom" -o "$name.parts$option" $option
done
plain good sanflash rom set-id "$name.rom" --id 8086:10d3 -o "$name.new"

python3 "$here/../support/nvm/nvm_make.py" I210 card.bin --ports 1
cp card.bin "$name.nvm"
for option in '' --json; do
  # shellcheck disable=SC2086 # none, or a word
  plain good sanflash show "nvm:$name.nvm" $option
  plain good sanflash verify "nvm:$name.nvm" $option
  plain good sanflash backup "nvm:$name.nvm" "$name.backup$option" $option
  printf '\1' | dd of="$name.backup" bs=1 seek=$((2 * 0x30)) conv=notrunc status=none
  plain any sanflash diff "nvm:$name.nvm" "$name.backup" $option
  plain good sanflash reset "nvm:$name.nvm" --dry-run $option
done
plain bad sanflash show "nic:$evil"

# What a target says. A line feed in it must not begin a line that looks like ours.
hex() { printf '%s' "$1" | od -An -v -tx1 | tr -d ' \n'; }
short=$'\e[2J\n\r\x7f\x9b' long=$'\e]0;PWNED\a\nzzz \u202e\n'
page=$(hex "$evil")
length=$(printf '%02x' $((${#page} / 2)))
advertised=$(hex "TargetName=iqn.2026-11.org.example:$evil")00$(hex "TargetAddress=127.0.0.1$evil:3260,1")00
"$SANBOOT_SUPPORT/fake_target" --answer "1200=000006121f000002$(hex "$short")$(hex "$long")" \
  --answer "120180=008000$length$page" --answer "120183=008300$(printf '%02x' $((${#page} / 2 + 4)))0301$(printf '00%s' "$length")$page" \
  --send-targets "$advertised" >listening 2>fake.log &
target=$!
wait_until 10 grep -q listening listening
port=$(awk '{print $2}' listening)
for option in '' --json '--color always'; do
  for arguments in "discover 127.0.0.1:$port" "list 127.0.0.1:$port" "list iscsi://127.0.0.1:$port/iqn.2026-11.org.example:fake" \
    "show iscsi://127.0.0.1:$port/iqn.2026-11.org.example:fake/1"; do
    # shellcheck disable=SC2086 # words
    plain any sanlun $arguments $option
  done
done
stop "$target"
[ "$cases" -ge 72 ] || fail "only $cases commands"
echo "$cases commands"
