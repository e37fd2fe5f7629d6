# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# What is wrong with a boot profile is told before anything else is done.
truncate -s 1M a.img
cat >host1.toml <<END
[initiator]
name = "iqn.2026-11.org.example:host1"
[target]
portal = "127.0.0.1:1"
name = "iqn.2026-11.org.example:golden"
lun = 1
[auth]
method = "chap"
user = "host1"
secret_file = "host1.secret"
END
run() {
  echo "$*" >&2
  sanclone "$@"
  echo "$?"
}
run a.img -p missing.toml
run a.img profile:
run a.img profile:missing.toml
run a.img -p .
run a.img -p ''
run a.img -p host1.toml
printf 'short\n' >host1.secret
chmod 600 host1.secret
run a.img -p host1.toml
run profile:host1.toml b.img
printf 'twelve-bytes\n' >host1.secret
run a.img -p host1.toml
run a.img b.img -p host1.toml
run a.img -p host1.toml --offload=require
for edit in 's/host1"/HOST1"/' 's/^lun = 1/lun = 16384/' 's/^lun/lnu/' 's/^.auth/[aut/' 's/"chap"/"mutual-chap"/' \
  '/^portal/d' 's/host1"$/host1/'; do
  sed "$edit" host1.toml >bad.toml
  run a.img -p bad.toml
done
run a.img profile:bad.toml --json
ls
