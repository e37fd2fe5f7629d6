#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Every option that names a file to be written, given what must not be lost: an input of the run, another output, a
# symbolic or hard link to either, a block device, a directory, a pipe, somebody else's file. Nothing is changed, and
# the exit code says so.
. "$(dirname "$0")/lib.sh"
require losetup sgdisk
cd "$work" || exit

truncate -s 8M disk && sgdisk -n 1:2048:0 disk >/dev/null
head -c 1M /dev/urandom | dd of=disk bs=1M seek=2 conv=notrunc status=none
cp disk device.img
loop=$(losetup -f --show device.img)
also_at_exit() { losetup -d "$loop"; }
trap 'also_at_exit; cleanup' EXIT
echo correct-horse-12 >secret && chmod 600 secret
cat >profile <<'END'
[initiator]
name = "iqn.2026-11.org.example:m"
[target]
portal = "192.0.2.1:3260"
name = "iqn.2026-11.org.example:t"
lun = 1
[auth]
method = "chap"
user = "host"
secret_file = "secret"
END
head -c 65536 /dev/zero >rom.bin
echo 'two years of work' >precious
mkdir directory
mkfifo pipe

# Each command line with @ where the output's name goes, and its inputs, by name.
cases=(
  'disk|sanboot-check disk --report @'
  'disk|sanboot-check disk --remedy @'
  'disk both|sanboot-check disk --report both --remedy @'
  'disk|sanlun map disk --svg @'
  'disk|sanclone disk copy --on-read-error=zero --bad-map @'
  'disk copy|sanclone disk copy --on-read-error=zero --bad-map @'
  'disk old.map|sanclone disk copy --on-read-error=zero --map old.map --bad-map @'
  'disk|sanclone disk copy --map @'
  'profile secret|sanflash export --profile profile --format ipxe -o @'
  'profile secret|sanflash export --profile profile --format ibft --overwrite -o @'
  'rom.bin|sanflash rom join rom.bin -o @'
  'rom.bin|sanflash rom join rom.bin --overwrite -o @'
)
# What stands in the way: of somebody else's, --overwrite may replace a regular file.
others=(precious link-precious hard-precious "$loop" directory pipe /dev/null dangling)
ln -s precious link-precious
ln precious hard-precious
ln -s nowhere dangling

state() {
  sha256sum disk device.img secret profile rom.bin precious hard-precious 2>&1
  stat -c '%n %F %i %Y' disk "$loop" directory pipe /dev/null link-precious dangling
  [ ! -e nowhere ] || echo "nowhere was made"
}
before=$(state)
tried=0
try() { # COMMAND OUTPUT
  local status=0 words
  read -ra words <<<"$1"
  words=("${words[@]//@/$2}")
  timeout 30 "$SANBOOT_BIN/${words[0]}" "${words[@]:1}" >stdout 2>stderr || status=$?
  tried=$((tried + 1))
  case $status in
    4) ;;
    2) grep -q 'not a regular file' stderr || fail "$(cat stderr): ${words[*]}" ;;
    *) fail "exit code $status: ${words[*]}" ;;
  esac
  [ "$(state)" = "$before" ] || fail "something is lost: ${words[*]}: $(diff <(echo "$before") <(state))"
  # Nothing was begun, either.
  for made in copy old.map both; do [ ! -e $made ] || fail "$made was made: ${words[*]}"; done
}
for one in "${cases[@]}"; do
  command=${one#*|}
  for input in ${one%%|*}; do
    rm -f link-input hard-input
    ln -s "$input" link-input
    names=("$input" "./$input" link-input "$work/directory/../$input")
    if [ -e "$input" ]; then ln "$input" hard-input && names+=(hard-input); fi
    # A link to what is not there yet is refused as a link.
    for name in "${names[@]}"; do try "$command" "$name"; done
    rm -f link-input hard-input
  done
  for other in "${others[@]}"; do
    case "$command $other" in
      *--overwrite*' precious' | *--overwrite*' hard-precious') continue ;;
      *'--map @ link-precious' | *'--map @ dangling') continue ;; # a map may be a link to a map
    esac
    try "$command" "$other"
  done
done
say "$tried outputs refused, nothing lost"

say "their twins: a new name, and an older one of the kind, are written"
for command in 'sanlun map disk --svg new.svg' 'sanboot-check disk --report new.html' \
  'sanclone disk copy --on-read-error=zero --bad-map new.bad' \
  'sanflash export --profile profile --format ipxe --overwrite -o new.ipxe'; do
  for round in 1 2; do
    status=0
    read -ra words <<<"$command"
    "$SANBOOT_BIN/${words[0]}" "${words[@]:1}" >stdout 2>stderr || status=$?
    [ "$status" -le 1 ] || fail "round $round: exit code $status: $command: $(cat stderr)"
  done
done
"$SANBOOT_BIN/sanboot-check" disk --remedy new.sh >/dev/null || true
[ "$(stat -c %a new.svg new.html new.bad new.ipxe new.sh | paste -sd ' ')" = "644 644 644 600 700" ] ||
  fail "modes: $(stat -c '%a %n' new.*)"
[ -z "$(find . -name '*.??????' -newer precious ! -name 'new.*')" ] || fail "left behind: $(ls)"
