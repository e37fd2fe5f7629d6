# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# Completion for the tools of sanboot. The options are asked from the tool itself, so that they are always its own;
# only the words that some options take stand here.

# _sanboot_offer WORD NAME…: completes WORD to those names. bash puts a name into the command line as it is, and
# compgen -W would expand it even before: only names that mean nothing to a shell are offered.
_sanboot_offer() {
  local LC_ALL=C current=$1 name
  shift
  COMPREPLY=()
  for name; do
    [[ $name = -* || $name = *[!A-Za-z0-9._:@+-]* || $name != "$current"* ]] || COMPREPLY+=("$name")
  done
}

# _sanboot_volumes WORD OPTION VERB: names of the volumes of the pool; behind one, those of its snapshots.
_sanboot_volumes() {
  local pool=/var/lib/sanboot/pool index path name names=()
  for ((index = 1; index + 1 < COMP_CWORD; index++)); do
    if [ "${COMP_WORDS[index]}" = --pool ]; then pool=${COMP_WORDS[index + 1]}; fi
    if [ "$pool" = "=" ]; then pool=${COMP_WORDS[index + 2]}; fi
  done
  for path in "$pool"/*.img; do
    name=${path##*/} name=${name%.img}
    if [ "$2" = "$3" ]; then
      [[ $name = *@* ]] || names+=("$name")
    elif [ "$3" = snapshot ] || [ "$3" = rollback ]; then
      [[ $name != "$2@"* ]] || names+=("${name#"$2@"}")
    fi
  done
  _sanboot_offer "$1" "${names[@]}"
}

# _sanboot_nics WORD [DIRECTORY]: network interfaces that are devices, behind "nic:"; bash takes ":" for a word of its
# own.
_sanboot_nics() {
  local path names=()
  for path in "${2:-/sys/class/net}"/*/device; do
    path=${path%/device}
    names+=("${path##*/}")
  done
  _sanboot_offer "$1" "${names[@]}"
}

_sanboot() {
  local current=$2 option='' values=''
  if [ "$current" = : ]; then current=''; fi
  if [ "$2 $3" = ": nic" ] || { [ "$3" = : ] && [ "${COMP_WORDS[COMP_CWORD - 2]}" = nic ]; }; then
    _sanboot_nics "$current"
    return
  fi
  # bash takes "=" for a word of its own.
  if [ "$current" = "=" ]; then
    option=$3 current=''
  elif [ "$3" = "=" ] && [ "$COMP_CWORD" -ge 2 ]; then
    option=${COMP_WORDS[COMP_CWORD - 2]}
  elif [[ $current != -* ]]; then
    option=$3
  fi
  case $option in
    --driver) values="tgt lio" ;;
    --firmware)
      values="bios uefi"
      if [ "${1##*/}" = sanboot-check ]; then values="auto $values"; fi
      ;;
    --only | --skip) values=$("$1" --list-checks 2>/dev/null | cut -d ' ' -f 1) ;;
    -bootpriority) values="primary secondary pxe disabled" ;;
    --backing) values="refuse allow" ;;
    --delta) values="auto compare trust" ;;
    --devices) values="keep only update" ;;
    --color) values="auto always never" ;;
    --ip-order) values="network reversed" ;;
    --offload | --reserve) values="auto never require" ;;
    --stream) values="raw zst" ;;
    --progress) values="auto bar json none" ;;
    --verify) [[ $option = "$3" && $2 != "=" ]] || values="full written sample" ;;
    --zero) values="prove write skip" ;;
  esac
  if [ -n "$values" ]; then
    mapfile -t COMPREPLY < <(compgen -W "$values" -- "$current")
    return
  fi
  local help verbs verb='' word
  help=$("$1" --help 2>/dev/null)
  verbs=$(sed -n '/^Verbs:/,/^$/s/^  \([a-z][a-z-]*\) .*/\1/p' <<<"$help")
  for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    if [ -z "$verb" ] && grep -qxF -e "$word" <<<"$verbs"; then verb=$word; fi
  done
  if [[ $current = -* ]]; then
    [ -z "$verb" ] || help+=$("$1" "$verb" --help 2>/dev/null | sed '/^Options of every verb/d')
    values=$(grep -oE '(^|[ ,])--?[a-zA-Z][a-z-]*' <<<"$help" | tr -d ' ,' | sort -u)
  elif [ -z "$verb" ] && [[ $option != --* ]]; then
    values=$verbs
  elif [ "$verb" = rom ] && [ "$option" = rom ]; then
    values="info verify extract join set-id enable disable"
  elif [[ $option != --* && " delete attach detach allow tune snapshot rollback " = *" $verb "* ]]; then
    _sanboot_volumes "$current" "$option" "$verb"
  fi
  [ -z "$values" ] || mapfile -t COMPREPLY < <(compgen -W "$values" -- "$current")
}

# Where nothing fits, file names.
complete -o default -F _sanboot sanboot-check sanclone sanflash sanlun iscsiutl
