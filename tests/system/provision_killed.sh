#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Each verb that provisions, killed at its system calls and at its children on a tgtd of our own: the same command
# again ends as if nothing had happened. Every point with SANBOOT_TEST_LONG=1; else as many, by chance, as a minute
# has room for. SANBOOT_TEST_POINTS names some: "create:fsync:2 delete:unlink:1".
. "$(dirname "$0")/lib.sh"
require strace iscsi-inq
[ "$(id -u)" -eq 0 ] || skip "tgtd accepts commands from root only"

conf=$work/conf.d pool=$work/pool profiles=$work/profiles
machine=iqn.2026-11.org.example:host1 other=iqn.2026-11.org.example:host2
target=iqn.2026-11.org.example:disk1
real_tgtadm=$(command -v tgtadm)
start_tgtd

verbs=(create delete attach detach allow account tune snapshot rollback)
declare -A commands=(
  [create]="create host1 --size 1M --allocate --target $target --initiator $machine --chap host1 --mutual-chap disk1
    --profile-out $profiles/host1.toml --portal 127.0.0.1:$tgtd_port"
  [delete]="delete host1 --yes-destroy host1"
  [attach]="attach host1 --volume $work/second.img --block-size 4096 --read-only"
  [detach]="detach host1 --lun 2"
  [allow]="allow host1 --initiator $other --chap host1 --mutual-chap disk1 --secret-dir $profiles"
  [account]="allow host1 --chap fresh --secret-dir $profiles"
  [tune]="tune host1 --set MaxBurstLength=524288 --set FirstBurstLength=131072"
  [snapshot]="snapshot host1 clean"
  [rollback]="rollback host1 clean"
)
calls=openat,rename,renameat2,link,linkat,fsync,pwrite64,write,ftruncate,fallocate,unlink,unlinkat,mkdir,mkdirat
calls=$calls,flock,fchmod,copy_file_range,clone,clone3,vfork,socket,connect,sendto
# What children are killed, or kill: before and after they do their work, themselves or sanlun.
mkdir "$work/bin"
cat >"$work/bin/tgtadm" <<END
#!/bin/bash
number=\$((\$(cat "$work/number") + 1))
echo "\$number" >"$work/number"
read -r at kind <"$work/kill"
[ "\$number" = "\$at" ] || exec "$real_tgtadm" "\$@"
case \$kind in *-after) "$real_tgtadm" "\$@" ;; esac
case \$kind in self-*) kill -KILL \$\$ ;; parent-*) kill -KILL "\$PPID" ;; esac
END
chmod +x "$work/bin/tgtadm"

arguments_of() {
  # shellcheck disable=SC2086 # words
  printf '%s\n' ${commands[$1]} --control-port 1 --config "$conf" --pool "$pool"
}

# sanlun_verb VERB [PROGRAM…]: runs it, by the PROGRAM if there is one.
sanlun_verb() {
  local arguments
  mapfile -t arguments < <(arguments_of "$1")
  shift
  status=0
  # LeakSanitizer does not work in a process that is traced.
  { ASAN_OPTIONS=detect_leaks=0 timeout 60 "$@" "$SANBOOT_BIN/sanlun" "${arguments[@]}" \
    >"$work/stdout" 2>"$work/stderr" || status=$?; } 2>/dev/null
  check_run
}

done_well() {
  sanlun_verb "$1"
  expect_status 0
}

# prepare VERB: what is there before.
prepare() {
  local id user
  for id in $(tgt --mode target --op show | sed -n 's/^Target \([0-9]*\): .*/\1/p'); do
    tgt --mode target --op delete --tid "$id" --force
  done
  for user in $(tgt --mode account --op show | sed -n 's/^ *\([^ ]*\)$/\1/p'); do
    tgt --mode account --op delete --user "$user"
  done
  rm -rf "$conf" "$pool" "$profiles" "$work/second.img"
  mkdir "$conf" "$profiles"
  truncate -s 1M "$work/second.img"
  [ "$1" != create ] || return 0
  done_well create
  case $1 in
    detach) done_well attach ;;
    allow)
      rm "$profiles/host1.secret"
      (umask 077 && echo other-secret-1 >"$profiles/host1.secret")
      ;;
    rollback)
      echo first | dd of="$pool/host1.img" conv=notrunc status=none
      done_well snapshot
      echo second | dd of="$pool/host1.img" conv=notrunc status=none
      ;;
  esac
}

# Who has which secret, without the secrets: those are others each time.
secrets_named() {
  local file script=
  for file in "$profiles"/*.secret; do
    [ -e "$file" ] || continue
    script="$script;s/$(cat "$file")/SECRET-OF-${file##*/}/g"
  done
  sed "${script#;};s/product_rev .*/product_rev X/"
}

state() {
  local id file
  tgt --mode target --op show | sed '/I_T nexus information/,/LUN information/d'
  for id in $(tgt --mode target --op show | sed -n 's/^Target \([0-9]*\): .*/\1/p'); do
    tgt --mode target --op show --tid "$id"
  done
  tgt --mode account --op show | sort
  find "$conf" "$pool" "$profiles" "$work/second.img" -printf '%M %p\n' 2>/dev/null | sort -k 2
  for file in "$conf"/* "$profiles"/*.toml "$pool"/*.unfinished; do
    [ ! -e "$file" ] || secrets_named <"$file"
  done
  for file in "$pool"/*.img; do
    [ ! -e "$file" ] || cksum "$file"
  done
}

logs_in() {
  iscsi-inq -i "$1" "iscsi://$2%$(cat "$profiles/$2.secret")@127.0.0.1:$tgtd_port/$target/1" >"$work/inq" 2>&1
}

# check VERB POINT: the state is that of a run that was not killed, the secrets are good, and in no other place.
check() {
  local secret file user=host1 found
  state >"$work/state"
  diff -u "$work/state.$1" "$work/state" >"$work/difference" || {
    cat "$work/difference" >&2
    fail "$2: the state is another"
  }
  [ "$1" != account ] || user=fresh
  if [ "$1" = delete ]; then
    [ -z "$(find "$conf" "$pool" -mindepth 1)" ] || fail "$2: files are left"
  else
    logs_in "$machine" "$user" || fail "$2: no login: $(cat "$work/inq")"
  fi
  for file in "$profiles"/*.secret; do
    secret=$(cat "$file")
    found=$(grep -rlF -e "$secret" "$work" --exclude="${file##*/}" --exclude="$target.conf" --exclude-dir=bin) || true
    [ -z "$found" ] || fail "$2: a secret is in $found"
  done
}

# kill_at VERB CALL N: runs it until its N-th CALL; N-th child, where CALL is of the wrapper's kinds.
kill_at() {
  echo 0 >"$work/number"
  echo "0 none" >"$work/kill"
  case $2 in
    self-* | parent-*)
      echo "$3 $2" >"$work/kill"
      PATH=$work/bin:$PATH sanlun_verb "$1"
      ;;
    *) sanlun_verb "$1" strace -o /dev/null -e "trace=$2" -e "inject=$2:signal=SIGKILL:when=$3" ;;
  esac
}

tried=0 killed=0
try() {
  local verb=${1%%:*} call number
  call=${1#*:}
  number=${call#*:} call=${call%%:*}
  prepare "$verb"
  kill_at "$verb" "$call" "$number"
  tried=$((tried + 1))
  case $status in
    0) ;;                                   # it was past its work
    3) [[ $call = self-* ]] || fail "$1: ended by itself" ;;
    137) killed=$((killed + 1)) ;;
    *) fail "$1: exit code $status" ;;
  esac
  sanlun_verb "$verb"
  # What was whole when it was killed cannot be done again, and says so.
  case $verb:$status in
    *:0) ;;
    snapshot:4) expect_text stderr 'this snapshot already exists' ;;
    delete:3) expect_text stderr 'there is no such target and no such volume' ;;
    *) fail "$1: the same again" ;;
  esac
  check "$verb" "$1"
}

# The state without a kill, and the points where one could be.
points=()
base=$(strace -o "$work/trace" -e trace=openat "$SANBOOT_BIN/sanlun" --version >/dev/null && grep -c '^openat' "$work/trace")
for verb in "${verbs[@]}"; do
  prepare "$verb"
  echo 0 >"$work/number"
  echo "0 none" >"$work/kill"
  PATH=$work/bin:$PATH sanlun_verb "$verb" strace -s 0 -o "$work/trace" -e "trace=$calls"
  expect_status 0
  state >"$work/state.$verb"
  check "$verb" "$verb"
  for call in ${calls//,/ }; do
    count=$(grep -c "^$call(" "$work/trace") || true
    first=1
    [ "$call" != openat ] || first=$((base + 1))
    for ((number = first; number <= count; number++)); do points+=("$verb:$call:$number"); done
  done
  for kind in parent-before parent-after self-before self-after; do
    for ((number = 1; number <= $(cat "$work/number"); number++)); do points+=("$verb:$kind:$number"); done
  done
done
total=${#points[@]}
[ "$total" -gt 400 ] || fail "only $total points were found"

if [ -n "${SANBOOT_TEST_POINTS:-}" ]; then
  read -r -a points <<<"$SANBOOT_TEST_POINTS"
elif [ -z "${SANBOOT_TEST_LONG:-}" ]; then
  mapfile -t points < <(printf '%s\n' "${points[@]}" | shuf)
fi
begin=$SECONDS
for point in "${points[@]}"; do
  try "$point"
  [ -n "${SANBOOT_TEST_LONG:-}${SANBOOT_TEST_POINTS:-}" ] || [ $((SECONDS - begin)) -lt 40 ] || break
done
say "$tried of $total points, $killed killed"
[ "$killed" -gt 0 ] || fail "nothing was killed"
