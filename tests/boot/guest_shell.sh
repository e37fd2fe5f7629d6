# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# A guest of lio_guest.sh with shell=1, and its shell. A test sources it behind lib.sh.
: "${work:?lib.sh sets it}" "${here:?lib.sh sets it}"

# start_guest PROGRAM|--targetctl…: boots it with these programs: guest_tools.sh. Sets port, where the guest's 3260
# is on 127.0.0.1.
start_guest() {
  local guest=${SANBOOT_GUEST:-$work/guest}
  "$here/../boot/lio_guest.sh" "$guest" 2>"$work/stderr" ||
    skip "the guest cannot be made: $(tail -n 1 "$work/stderr")"
  "$here/../boot/guest_tools.sh" "$guest" "$work/initrd" "$@"
  port=$(free_port)
  shell_port=$(free_port)
  qemu-system-x86_64 -accel tcg,thread=multi -cpu max -smp 2 -m 768 -display none -no-reboot \
    -kernel "$guest/vmlinuz" -initrd "$work/initrd" -append "console=ttyS0 quiet panic=-1 shell=1" \
    -serial "file:$work/serial" -device virtio-net-pci,netdev=n0,romfile= \
    -netdev "user,id=n0,hostfwd=tcp:127.0.0.1:$port-10.0.2.15:3260,hostfwd=tcp:127.0.0.1:$shell_port-10.0.2.15:3261" \
    </dev/null >"$work/qemu.log" 2>&1 &
  wait_until 180 grep -qs 'lio: ready' "$work/serial" ||
    fail "the guest does not come up: $(tail "$work/serial" "$work/qemu.log")"
  wait_until 30 answers || fail "the guest's shell does not answer"
}

# in_guest COMMAND: for the guest's shell. Its output goes to $work/stdout and $work/stderr, its exit code to
# $status, which is empty where there is no answer.
in_guest() {
  local command=${1//\\$'\n'/ }
  : >"$work/answer"
  if exec 9<>"/dev/tcp/127.0.0.1/$shell_port"; then
    # shellcheck disable=SC2016 # for the guest
    printf '(%s) </dev/null >/tmp/stdout 2>/tmp/stderr\necho "$?" >/tmp/status\ncat /tmp/stdout\necho "== stderr"\ncat /tmp/stderr\necho "== status"\ncat /tmp/status\nexit\n' \
      "${command//$'\n'/ }" >&9
    timeout "${patience:-60}" cat <&9 >"$work/answer" || true
    exec 9>&-
  fi
  status=$(sed -n '$p' "$work/answer")
  sed '/^== stderr$/,$d' "$work/answer" >"$work/stdout"
  sed '0,/^== stderr$/d; /^== status$/,$d' "$work/answer" >"$work/stderr"
}

answers() {
  patience=3 in_guest true # QEMU takes connections before the guest does
  [ "$status" = 0 ]
}

# into_guest FILE PATH: a text, of which no line is END-OF-FILE.
into_guest() {
  exec 9<>"/dev/tcp/127.0.0.1/$shell_port"
  { printf "cat >%s <<'END-OF-FILE'\n" "$2" && cat "$1" && printf 'END-OF-FILE\nexit\n'; } >&9
  timeout 60 cat <&9 >"$work/answer" 2>&1 || true
  exec 9>&-
}
