#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# The whole road of one machine from its own disk to an iSCSI LUN, and back. Copy it and make it yours.
set -euo pipefail

usage() {
  cat <<'END'
Usage: clone-and-cut-over.sh [OPTIONS] DISK PROFILE.toml [-- ARGUMENTS OF sanlun create]
       clone-and-cut-over.sh --back [OPTIONS] DISK PROFILE.toml

Takes a machine from DISK (/dev/sda, or an image) to the LUN of its boot profile:
  1. sanlun create      makes LUN and profile, where ARGUMENTS are given and the LUN is not there yet
  2. sanclone           copies DISK onto the LUN and verifies it; goes on where it was stopped
  3. sanflash export    writes the profile in the form that a DHCP server or iPXE reads     (--export)
  4. sanboot-check      says whether the machine will boot from the LUN
  5. sanflash set       only if it says READY: tells the NIC or the firmware, with a backup (--flash)
and then what is left for people to do. DISK is only read, always: it is the way back.

Without --yes it is a rehearsal: nothing is written anywhere, every step says what it would do.

  --yes             do it: the LUN's content is replaced, and with --flash boot settings are written
  --nic NIC         the NIC that the machine boots from: 8086:100e, a driver or an interface
  --flash DEVICE    where the settings go: nic:IFACE, nvm:FILE or uefi:FILE
  --export FORMAT   ipxe, dnsmasq, dhcpd, kea, uefi-shell ...; see sanflash-export(1)
  --clone OPTION    one more option of sanclone, such as --used-only or --freeze=600; may be repeated
  --check OPTION    one more option of sanboot-check, such as --firmware=bios; may be repeated
  --skip IDS        checks that do not count, since you know better; the verdict names them
  --state DIR       where map, report and backup are kept; by default PROFILE.cut-over
  --tries N         how often the clone is gone on with after a failure (10)
  --wait SECONDS    how long to wait before that (60)
  --again           clone once more after the cut-over; what the machine wrote onto the LUN since is lost
  --back            the way back: the boot settings as they were before, and what to do then

The exit code is that of the step that did not succeed: 1 NOT READY, or a clone that is not all there;
2 usage; 3 not possible; 4 refused, to protect data; 5 the clone has stopped: the same command goes on.
END
}

fail() {
  printf 'clone-and-cut-over: %s\n' "$2" >&2
  exit "$1"
}
step() { printf '\n== %s\n' "$*"; }

yes='' back='' again='' nic='' flash='' format='' skip='' state='' tries=10 pause=60
clone=() check=() arguments=() create=()
while [ $# -gt 0 ]; do
  case $1 in
    --yes) yes=1 ;;
    --back) back=1 ;;
    --again) again=1 ;;
    --nic | --flash | --export | --clone | --check | --skip | --state | --tries | --wait)
      [ $# -ge 2 ] || fail 2 "$1 needs an argument"
      case $1 in
        --nic) nic=$2 ;;
        --flash) flash=$2 ;;
        --export) format=$2 ;;
        --clone) clone+=("$2") ;;
        --check) check+=("$2") ;;
        --skip) skip=$2 ;;
        --state) state=$2 ;;
        --tries) tries=$2 ;;
        --wait) pause=$2 ;;
      esac
      shift
      ;;
    -h | --help)
      usage
      exit 0
      ;;
    --)
      shift
      create=("$@")
      break
      ;;
    -*) fail 2 "there is no option $1; --help lists them" ;;
    *) arguments+=("$1") ;;
  esac
  shift
done
[ "${#arguments[@]}" -eq 2 ] || fail 2 "DISK and PROFILE.toml are needed; --help says more"
[[ $tries =~ ^[0-9]+$ && $pause =~ ^[0-9]+$ ]] || fail 2 "--tries and --wait are numbers"
disk=${arguments[0]} profile=${arguments[1]}
state=${state:-${profile%.toml}.cut-over}
backup=$state/$(printf %s "$flash" | tr -c 'A-Za-z0-9._-' _).backup
for tool in sanlun sanclone sanflash sanboot-check; do
  command -v "$tool" >/dev/null || fail 3 "$tool is not installed"
done

# show COMMAND…: as one would type it. run COMMAND…: shows and runs it. would COMMAND…: shows what --yes would run.
show() {
  printf '%s' "$1"
  printf ' %q' "${@:2}"
  echo
}
run() {
  printf '$ ' && show "$@"
  "$@"
}
would() { printf 'would run: ' && show "$@"; }

# Of a rehearsal: every step is shown; the first that would not succeed gives the exit code.
code=0
rehearse() {
  local result=0
  run "$@" || result=$?
  [ "$result" -ne 130 ] || exit 130
  [ "$code" -ne 0 ] || code=$result
}

if [ -n "$back" ]; then
  step "Back to $disk"
  if [ -n "$flash" ]; then
    [ -e "$backup" ] || fail 3 "$backup: there is no backup of $flash"
    if [ -n "$yes" ]; then
      run sanflash restore "$flash" "$backup"
    else
      run sanflash restore "$flash" "$backup" --dry-run
    fi
  fi
  cat <<END

For people: show the local disks in the firmware again, put the old boot order back, take the machine's lines
out of the DHCP server, boot it. $disk is as it was when it was cloned. What the machine has written since is
on the LUN, and stays there. To have that on the local disk, boot from something else and overwrite the disk:
  $(show sanclone "profile:$profile" "$disk" --verify)
END
  if [ -n "$yes" ]; then rm -f "$state/cut-over"; else echo "Nothing was changed; --yes does it."; fi
  exit 0
fi

[ -z "$nic" ] || check+=(--nic "$nic")
[ -z "$skip" ] || check+=(--skip "$skip")
copy=(sanclone "$disk" "profile:$profile")
[ "${#clone[@]}" -eq 0 ] || copy+=("${clone[@]}")
make=(sanlun create "${create[@]}" --profile-out "$profile")
set_flash=(sanflash set "$flash" --profile "$profile")
exported=$state/${format:-none}

# The same command makes nothing twice; and where the target is on another machine, the LUN that answers is enough.
step "1. The LUN"
if [ "${#create[@]}" -eq 0 ] || { [ -e "$profile" ] && sanlun show --profile "$profile" >/dev/null 2>&1; }; then
  echo "is there, or ought to be"
elif [ -n "$yes" ]; then
  run "${make[@]}"
else
  would "${make[@]}"
fi

if [ -z "$yes" ]; then
  if [ ! -e "$profile" ]; then
    step "2. Would the disk boot from a LUN?"
    rehearse sanboot-check "$disk" "${check[@]}"
    echo
    echo "More can be said when there is a profile. Nothing was changed; --yes does it."
    exit "$code"
  fi
  step "2. Clone"
  rehearse "${copy[@]}" --dry-run
  step "3. Export"
  if [ -n "$format" ]; then would sanflash export --profile "$profile" --format "$format" --overwrite -o "$exported"; fi
  step "4. Would the disk boot from that LUN?"
  rehearse sanboot-check "$disk" --profile "$profile" "${check[@]}"
  step "5. Boot settings"
  if [ -n "$flash" ]; then rehearse "${set_flash[@]}" --dry-run; fi
  echo
  echo "Nothing was changed; --yes does it."
  exit "$code"
fi

[ -r "$profile" ] || fail 2 "$profile: there is no such boot profile; boot-profile(5) says what is in one"
if [ -e "$state/cut-over" ] && [ -z "$again" ]; then
  fail 4 "$profile was cut over on $(cat "$state/cut-over"); a new clone destroys what was written since (--again)"
fi
(umask 077 && mkdir -p "$state")

# With a map the same command goes on where it was stopped; 5 is its word for that. All else is for people.
step "2. Clone"
tried=0
while :; do
  result=0
  run "${copy[@]}" --map "$state/clone.map" --verify || result=$?
  [ "$result" -ne 0 ] || break
  [ "$result" -eq 5 ] && [ "$tried" -lt "$tries" ] || exit "$result"
  tried=$((tried + 1))
  echo "stopped; going on in $pause s ($tried of $tries)"
  sleep "$pause"
done

step "3. Export"
if [ -n "$format" ]; then run sanflash export --profile "$profile" --format "$format" --overwrite -o "$exported"; fi

step "4. Will it boot?"
rm -f "$state/remedies.sh"
result=0
run sanboot-check "profile:$profile" --source "$disk" "${check[@]}" --report "$state/report.html" --remedy "$state/remedies.sh" ||
  result=$?
if [ "$result" -ne 0 ]; then
  cat <<END

The machine still boots from $disk: no boot settings were written. $state/report.html has all checks, and
$state/remedies.sh what to do on the machine; read it, run it there, and then this command again: it copies
what has changed.
END
  exit "$result"
fi

# The last step that changes anything. The oldest backup is the way back, and stays.
step "5. Boot settings"
date '+%F %T' >"$state/cut-over"
if [ -n "$flash" ]; then
  [ -e "$backup" ] || set_flash+=(--backup "$backup")
  run "${set_flash[@]}" || {
    result=$?
    rm -f "$state/cut-over"
    exit "$result"
  }
fi

cat <<END

Done here. Now, at the machine:
  1. Shut it down. Write down the old boot order. Attach $state/report.html to the ticket.
  2. Hide the local disks in the firmware (do not erase them, leave the cables) and boot once from the LUN.
  3. On the machine: $(show sanboot-check --live --profile "$profile" ${nic:+--nic "$nic"})
     and once more after a cold start. READY there is the proof; until then nothing is final.
Back at any time:
  $(show "$0" --back ${flash:+--flash "$flash"} --state "$state" --yes "$disk" "$profile")
END
