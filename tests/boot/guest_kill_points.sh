# shellcheck shell=dash
# SPDX-License-Identifier: Apache-2.0
# For the shell of a guest with LIO, sanlun, libkill_at.so and iscsi-inq: each verb that provisions, killed before one
# of its system calls that change something; the same command again ends as if nothing had happened.
# $seconds: for how long, by chance; empty for every point. $points names some: "create:12 delete:3".
# The verbs follow one another, so that what one leaves, once it is found to be right, is what the next begins with.
set -u
tools=/tmp/kill pool=/data/pool profiles=/data/profiles lio=/sys/kernel/config/target
config=/etc/rtslib-fb-target/saveconfig.json
target=iqn.2026-11.org.example:disk1
machine=iqn.2026-11.org.example:host1 other=iqn.2026-11.org.example:host2
verbs="create allow account attach detach tune snapshot rollback delete"
mkdir -p $tools
: >/retired

arguments_of() {
  case $1 in
    create)
      echo "create host1 --size 1M --allocate --target $target --initiator $machine --chap host1
        --mutual-chap target-disk1 --profile-out $profiles/host1.toml --portal 127.0.0.1"
      ;;
    allow) echo "allow host1 --initiator $other --chap host1 --mutual-chap target-disk1 --secret-dir $profiles" ;;
    account) echo "allow host1 --chap fresh --secret-dir $profiles" ;;
    attach) echo "attach host1 --volume /data/second.img --block-size 4096 --read-only" ;;
    detach) echo "detach host1 --lun 2" ;;
    tune) echo "tune host1 --set MaxBurstLength=524288 --set MaxQueueCmd=32" ;;
    snapshot | rollback) echo "$1 host1 clean" ;;
    delete) echo "delete host1 --yes-destroy host1" ;;
  esac
}

# sanlun_verb VERB [PROGRAM…]: runs it, by the PROGRAM if there is one. Sets status.
sanlun_verb() {
  verb_arguments=$(arguments_of "$1")
  shift
  status=0
  # shellcheck disable=SC2086 # words
  "$@" sanlun $verb_arguments --driver lio --pool $pool >$tools/stdout 2>$tools/stderr || status=$?
}

# Nothing is left of what was: by hand, whatever state it is in.
clear_all() {
  for group in "$lio"/iscsi/iqn*/tpgt_*; do
    [ -d "$group" ] || continue
    echo 0 >"$group/enable"
    find "$group/acls" -type l -exec rm {} +
    find "$group/lun" -type l -exec rm {} +
    rmdir "$group"/acls/*/lun_* "$group"/acls/* "$group"/lun/lun_* "$group"/np/* "$group" "${group%/*}"
  done 2>/dev/null
  rmdir $lio/core/*_*/* $lio/core/*_* 2>/dev/null
  rm -rf $pool $profiles $config*
  mkdir $pool $profiles
}

# prepare VERB: what is there before, beside what the verb before it has left.
prepare() {
  case $1 in
    create)
      retire $profiles/*.secret
      rm -rf $profiles /data/second.img
      mkdir $profiles
      truncate -s 1M /data/second.img
      ;;
    allow)
      retire $profiles/host1.secret
      rm $profiles/host1.secret
      (umask 077 && printf '%s\n' "$(tr -dc a-z0-9 </dev/urandom | head -c 14)" >$profiles/host1.secret)
      ;;
    snapshot) echo first | dd of=$pool/host1.img conv=notrunc 2>/dev/null ;;
    rollback) echo second | dd of=$pool/host1.img conv=notrunc 2>/dev/null ;;
    delete) rm -f $pool/host1@*.img ;;
  esac
}

# retire FILE…: nothing may hold these secrets from here on.
retire() { cat "$@" >>/retired 2>/dev/null; }

# Who has which secret, without the secrets: those are others each time.
secrets_named() {
  script=
  for file in "$profiles"/*.secret; do
    [ ! -e "$file" ] || script="$script;s/$(cat "$file")/SECRET-OF-${file##*/}/g"
  done
  sed "$script"
}

state() {
  (
    cd $lio || exit
    find core iscsi -type d ! -path '*statistics*' ! -path 'core/alua*' | sort
    find . -type l | sort | while read -r link; do echo "$link $(readlink "$link")"; done
    grep -r . iscsi/iqn*/tpgt_1/enable iscsi/iqn*/tpgt_1/param iscsi/iqn*/tpgt_1/attrib iscsi/iqn*/tpgt_1/auth \
      iscsi/iqn*/tpgt_1/acls/*/auth iscsi/iqn*/tpgt_1/acls/*/attrib iscsi/iqn*/tpgt_1/acls/*/cmdsn_depth \
      iscsi/iqn*/tpgt_1/acls/*/lun_*/write_protect core/*_*/*/attrib core/*_*/*/wwn/vpd_unit_serial \
      core/*_*/*/udev_path core/*_*/*/enable 2>/dev/null | sort
  ) | secrets_named
  for file in "$config" "$profiles"/*.toml "$pool"/*.unfinished; do
    [ ! -e "$file" ] || secrets_named <"$file"
  done
  find ${config%/*} $pool $profiles /data/second.img -exec stat -c '%A %s %n' {} + | grep -v saveconfig.json | sort
  find $config* -exec stat -c '%A %n' {} +
  find $pool -name '*.img' -exec md5sum {} + | sort
}

# logs_in NAME USER
logs_in() {
  iscsi-inq -i "$1" "iscsi://$2%$(cat "$profiles/$2.secret")@127.0.0.1:3260/$target/1" >$tools/inq 2>&1
}

# fault VERB: says what is wrong with what the verb has left; nothing where it is right.
fault() {
  state >$tools/state
  [ -e "$tools/state.$1" ] || cp $tools/state "$tools/state.$1"
  diff -U 0 "$tools/state.$1" $tools/state || echo "the state is another"
  case $1 in
    create) user=host1 who=$machine ;;
    allow) user=host1 who=$other ;;
    delete) user= ;;
    *) user=fresh who=$other ;;
  esac
  if [ -n "$user" ]; then
    logs_in "$who" $user || echo "no login: $(cat $tools/inq)"
  elif [ -n "$(find $pool $lio/iscsi/iqn* $lio/core/*_* -mindepth 1 2>/dev/null)" ]; then
    echo "something is left"
  fi
  cat $profiles/*.secret >/current
  grep -rlF -f /current /data /etc /tmp | grep -v -e "^$profiles/[^/]*\.secret$" -e "^$config$" | sed 's/^/a secret is in /'
  [ ! -s /retired ] || grep -rlsF -f /retired /data /etc /tmp $lio/iscsi/iqn* | sed 's/^/an old secret is in /'
}

# bring VERB: the state behind it, from nothing.
bring() {
  clear_all
  for step in $verbs; do
    prepare "$step"
    sanlun_verb "$step"
    [ "$step" != "$1" ] || break
  done
}

tried=0 killed=0 bad=0
# try VERB N: kills it before the N-th call.
try() {
  prepare "$1"
  sanlun_verb "$1" env LD_PRELOAD=/bin/libkill_at.so KILL_AT="$2"
  tried=$((tried + 1))
  case $status in
    0) faults= ;; # it was past its work
    137) faults='' killed=$((killed + 1)) ;;
    *) faults="exit code $status" ;;
  esac
  sanlun_verb "$1"
  # What was whole when it was killed cannot be done again, and says so.
  case $1:$status in
    *:0) ;;
    snapshot:4) grep -q 'this snapshot already exists' $tools/stderr || faults="$faults, then $(cat $tools/stderr)" ;;
    delete:3) grep -q 'there is no such target' $tools/stderr || faults="$faults, then $(cat $tools/stderr)" ;;
    *) faults="$faults, then exit code $status: $(cat $tools/stderr)" ;;
  esac
  faults="$faults$(fault "$1")"
  [ -n "$faults" ] || return 0
  bad=$((bad + 1))
  echo "bad: $1:$2 ($(sed -n "$2p" "$tools/calls.$1")): $faults" | tee /dev/console
  bring "$1"
}

end=$(($(date +%s) + ${seconds:-1000000}))
clear_all
total=0
for verb in $verbs; do
  prepare "$verb"
  sanlun_verb "$verb" env LD_PRELOAD=/bin/libkill_at.so KILL_LOG="$tools/calls.$verb"
  faults=$(fault "$verb")
  if [ $status -ne 0 ] || [ -n "$faults" ]; then
    echo "not killed, $verb ends with $status: $(cat $tools/stderr) $faults"
    exit 1
  fi
  seq "$(wc -l <"$tools/calls.$verb")" | shuf >"$tools/points.$verb"
  total=$((total + $(wc -l <"$tools/points.$verb")))
done

if [ -n "${points:-}" ]; then
  for point in $points; do
    verb=${point%%:*} before=''
    for step in $verbs; do
      [ "$step" != "$verb" ] || break
      before=$step
    done
    bring "${before:-delete}"
    try "$verb" "${point#*:}"
  done
else
  # However slow the machine is, some are tried.
  goes_on() { [ $tried -lt 3 ] || [ "$(date +%s)" -lt $end ]; }
  while [ -n "$(cat $tools/points.*)" ] && goes_on; do
    for verb in $verbs; do
      point=$(head -n 1 "$tools/points.$verb")
      sed -i 1d "$tools/points.$verb"
      goes_on || break
      if [ -n "$point" ]; then
        echo "$verb $point" >/dev/console
        try "$verb" "$point"
      else
        prepare "$verb"
        sanlun_verb "$verb"
      fi
    done
  done
fi
echo "$tried of $total points, $killed killed, $bad bad"
[ "$bad" -eq 0 ]
