#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Completion where volumes, their snapshots and interfaces have names that are shell code, in a bash that has the few
# programs that completion needs and writes down what else it would start: nothing of a name is run, and no name that
# means something to a shell is offered, since bash puts it into the command line as it is.
. "$(dirname "$0")/lib.sh"
completion=$here/../../tools/completion/sanboot.bash
mapfile -d '' names < <("$SANBOOT_SUPPORT/nasty_strings" names)
mkdir "$work/pool" "$work/net" "$work/bin" "$work/here"
for name in "${names[@]}"; do
  : >"$work/pool/$name.img"
  : >"$work/pool/host1@$name.img"
  mkdir -p "$work/net/$name/device"
done
for name in host1 host2 db.example:1+a_b; do
  : >"$work/pool/$name.img"
  : >"$work/pool/host1@$name.img"
  mkdir -p "$work/net/$name/device"
done
for program in sed grep cut sort tr; do ln -s "$(command -v $program)" "$work/bin/"; done
for trap in touch shell; do
  # shellcheck disable=SC2016
  printf '#!/bin/bash\necho "%s $*" >>"$LOG"\n' $trap >"$work/bin/$trap"
  chmod +x "$work/bin/$trap"
done
: >"$work/calls"

# offered COMMANDS: what COMPREPLY is behind them, with a zero behind each word
offered() {
  # shellcheck disable=SC2016
  (cd "$work/here" && env -i PATH="$work/bin" LOG="$work/calls" POOL="$work/pool" NET="$work/net" TOOL="$SANBOOT_BIN/sanlun" \
    COMPLETION="$completion" /bin/bash --norc -c '
      command_not_found_handle() { printf "%q " "$@" >>"$LOG"; }
      source "$COMPLETION"
      '"$1"'
      [ "${#COMPREPLY[@]}" = 0 ] || printf "%s\0" "${COMPREPLY[@]}"' completion "${@:2}") 2>"$work/stderr"
}
# completed WORD…: the last word of the line sanlun --pool POOL WORD…
# shellcheck disable=SC2016
completed() {
  offered 'COMP_WORDS=("$TOOL" --pool "$POOL" "$@"); COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
    _sanboot "$TOOL" "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"' "$@"
}
count=0
check() {
  local -a words
  mapfile -d '' words <"$work/offered"
  [ ! -s "$work/calls" ] || fail "$*: started $(cat "$work/calls")"
  [ -z "$(ls -A "$work/here")" ] || fail "$*: a file was made: $(ls "$work/here")"
  [ ! -s "$work/stderr" ] || fail "$*: bash complains"
  for name in "${words[@]}"; do
    [[ $name =~ ^[A-Za-z0-9._:@+][A-Za-z0-9._:@+-]*$ ]] || fail "$*: offers $name"
  done
  for name in host1 host2 db.example:1+a_b; do
    [[ " ${words[*]} " = *" $name "* ]] || fail "$*: does not offer $name"
  done
  count=$((count + ${#names[@]}))
}
for verb in delete attach detach allow tune snapshot rollback; do
  completed $verb '' >"$work/offered"
  check $verb
done
for verb in snapshot rollback; do
  completed $verb host1 '' >"$work/offered"
  check $verb host1
done
# shellcheck disable=SC2016
offered '_sanboot_nics "" "$NET"' >"$work/offered"
check nic:

# What was typed is no pattern, and no program for sed, either.
# shellcheck disable=SC2016
offered 'for name; do
    COMP_WORDS=("$TOOL" --pool "$POOL" snapshot "$name" "") COMP_CWORD=5
    _sanboot "$TOOL" "" "$name"
    COMP_WORDS=("$TOOL" --pool "$POOL" delete "$name") COMP_CWORD=4
    _sanboot "$TOOL" "$name" delete
  done
  COMPREPLY=()' "${names[@]}"
[ ! -s "$work/calls" ] || fail "typed: started $(cat "$work/calls")"
[ -z "$(ls -A "$work/here")" ] || fail "typed: a file was made: $(ls "$work/here")"
say "${#names[@]} names: $count times on offer, $((2 * ${#names[@]})) times typed, none run"
