# shellcheck shell=bash disable=SC2034 # what is set here is used by the tests
# SPDX-License-Identifier: Apache-2.0
# Private iSCSI targets on free ports of 127.0.0.1. Each start_ function sets url, or new_tgt_lun does.

iqn=iqn.2026-11.org.example:test
tgt_tid=0
url=
tgtd_pid='' tgtd_port='' istgt_pid='' istgt_port='' fake_pid='' fake_port=''
: "${work:?lib.sh sets it}"

# free_port: a TCP port that nobody listens on now, below those that Linux gives to outgoing connections (from 32768;
# ip_local_port_range in its ip-sysctl.rst): one of them may hold any port there. Who uses it checks that it got it.
free_port() {
  local port
  while :; do
    port=$((RANDOM % 12000 + 20000))
    ss -Hltn "sport = :$port" | grep -q . || break
  done
  echo "$port"
}

# listens PID PORT: waits until the process listens there; false when it has ended or 10 seconds are over.
listens() {
  local tries=0
  until ss -Hltnp "sport = :$2" | grep -q "pid=$1,"; do
    kill -0 "$1" 2>/dev/null || return 1
    tries=$((tries + 1))
    [ "$tries" -lt 100 ] || return 1
    sleep 0.1
  done
}

# start_tgtd: a tgtd of our own. Sets tgtd_pid and tgtd_port. Where $tgtd_name is another one each time there can be
# several; tgt() talks to the last. $tgt_address is where it listens, 127.0.0.1 by default.
start_tgtd() {
  require tgtd tgtadm ss
  export TGT_IPC_SOCKET=$work/tgt${tgtd_name:-}
  local attempt
  for attempt in 1 2 3 4 5; do
    tgtd_port=$(free_port)
    tgtd -f --iscsi "portal=${tgt_address:-127.0.0.1}:$tgtd_port" -C 1 >"$work/tgtd.log" 2>&1 &
    tgtd_pid=$!
    # Where its portal is taken, tgtd serves port 3260 of every interface instead and goes on.
    if listens "$tgtd_pid" "$tgtd_port"; then
      wait_until 5 tgt_answers && return
    fi
    stop "$tgtd_pid"
  done
  cat "$work/tgtd.log" >&2
  fail "tgtd does not start (attempt $attempt)"
}

tgt_answers() { tgt --mode target --op show >/dev/null 2>&1; }

tgt() { tgtadm --lld iscsi -C 1 "$@"; }

# new_tgt_lun FILE SIZE [thin] [tuned] [4096] [readonly] [chap=USER:SECRET]: LUN 1 of a new target over FILE,
# which is made sparse if it is not there. Sets url.
new_tgt_lun() {
  local file=$1 size=$2 option parameters='' block=512
  shift 2
  [ -e "$file" ] || truncate -s "$size" "$file"
  tgt_tid=$((tgt_tid + 1))
  tgt --mode target --op new --tid "$tgt_tid" -T "$iqn$tgt_tid"
  for option in "$@"; do
    case $option in
      4096) block=4096 ;;
      thin) parameters=$parameters,thin_provisioning=1 ;;
      readonly) parameters=$parameters,readonly=1 ;;
      tuned) tune_tgt "$tgt_tid" ;;
      chap=*)
        option=${option#chap=}
        tgt --mode account --op new --user "${option%%:*}" --password "${option#*:}"
        tgt --mode account --op bind --tid "$tgt_tid" --user "${option%%:*}"
        ;;
      *) fail "new_tgt_lun: $option" ;;
    esac
  done
  tgt --mode logicalunit --op new --tid "$tgt_tid" --lun 1 -b "$file" --blocksize="$block"
  [ -z "$parameters" ] ||
    tgt --mode logicalunit --op update --tid "$tgt_tid" --lun 1 --params "${parameters#,}"
  tgt --mode target --op bind --tid "$tgt_tid" -I ALL
  url=iscsi://127.0.0.1:$tgtd_port/$iqn$tgt_tid/1
}

# tune_tgt TID: session parameters that suit bulk data, in place of tgt's defaults.
tune_tgt() {
  local pair
  for pair in MaxRecvDataSegmentLength=262144 MaxXmitDataSegmentLength=262144 InitialR2T=No \
    FirstBurstLength=262144 MaxBurstLength=1048576 ImmediateData=Yes MaxQueueCmd=128; do
    tgt --mode target --op update --tid "$1" -n "${pair%=*}" -v "${pair#*=}"
  done
}

# start_istgt FILE: an istgt of our own with FILE, which is there, as LUN 0. Sets istgt_pid, istgt_port and url.
# istgt_auth is None, CHAP or "CHAP Mutual"; istgt_account is "USER" "SECRET" [ "TARGET USER" "TARGET SECRET" ].
start_istgt() {
  require istgt ss
  local port control attempt
  for attempt in 1 2 3 4 5; do
    port=$(free_port)
    control=$(free_port)
    [ "$port" != "$control" ] || continue
    printf '[AuthGroup1]\n  Auth %s\n' "${istgt_account:-\"nobody\" \"never-used-1\"}" >"$work/istgt.auth"
    cat >"$work/istgt.conf" <<END
[Global]
  NodeBase "iqn.2026-11.org.example"
  PidFile $work/istgt.pid
  AuthFile $work/istgt.auth
  LogFacility "local7"
  Timeout 30
  NopInInterval 20
  DiscoveryAuthMethod None
  MaxSessions 16
  MaxConnections 4
  FirstBurstLength 262144
  MaxBurstLength 1048576
  MaxRecvDataSegmentLength 262144
[UnitControl]
  AuthMethod CHAP
  AuthGroup AuthGroup1
  Portal UC1 127.0.0.1:$control
  Netmask 127.0.0.1
[PortalGroup1]
  Portal DA1 127.0.0.1:$port
[InitiatorGroup1]
  InitiatorName "ALL"
  Netmask 127.0.0.1
[LogicalUnit1]
  TargetName disk1
  Mapping PortalGroup1 InitiatorGroup1
  AuthMethod ${istgt_auth:-None}
  AuthGroup AuthGroup1
  UnitType Disk
  QueueDepth 32
  LUN0 Storage $1 Auto
END
    istgt -D -c "$work/istgt.conf" >"$work/istgt.log" 2>&1 &
    istgt_pid=$!
    if listens "$istgt_pid" "$port"; then
      istgt_port=$port
      url=iscsi://127.0.0.1:$port/iqn.2026-11.org.example:disk1/0
      return
    fi
    stop "$istgt_pid"
  done
  cat "$work/istgt.log" >&2
  fail "istgt does not start (attempt $attempt)"
}

# start_fake OPTION…: a fake_target; the options are its own. Sets fake_pid, fake_port and url; its log is
# $work/fake.log.
start_fake() {
  : >"$work/fake.log"
  : >"$work/fake.out"
  "$SANBOOT_SUPPORT/fake_target" --log "$work/fake.log" "$@" >"$work/fake.out" &
  fake_pid=$!
  until grep -q listening "$work/fake.out"; do
    kill -0 "$fake_pid" 2>/dev/null || fail "fake_target does not start"
    sleep 0.05
  done
  fake_port=$(awk '{print $2}' "$work/fake.out")
  url=iscsi://127.0.0.1:$fake_port/iqn.2026-11.org.example:fake/1
}
