#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# sanboot-check --report: the page agrees with --json, holds no secret and wants nothing from elsewhere. In a browser it
# opens without a complaint, its buttons show what they say, and it is as wide as a phone's window.
. "$(dirname "$0")/lib.sh"
require chromium jq sgdisk mkfs.ext4
cd "$work"
truncate -s 64M '<disk> & co.img'
sgdisk -n 1:2048:+1M -t 1:ef02 -n 2:4096:0 '<disk> & co.img' >sgdisk.log
(umask 077 && echo hostsecret1234 >host1.secret)
cat >host1.toml <<'PROFILE'
[initiator]
name = "iqn.2026-11.org.example:host1"
[target]
portal = "127.0.0.1:1"
name = "iqn.2026-11.org.example:t1"
lun = 1
[auth]
method = "chap"
user = "host1"
secret_file = "host1.secret"
[boot]
firmware = "bios"
PROFILE
status=0
"$SANBOOT_BIN/sanboot-check" '<disk> & co.img' --profile host1.toml --nic e1000 --json --report page.html \
  >stdout 2>stderr || status=$?
expect_status 1
! grep -q hostsecret page.html || fail "a secret is shown"
! grep -oE '(src|href)="[^#"][^"]*"|url\([^#)][^)]*\)|@import' page.html || fail "the page wants something from elsewhere"

# What a reader does, and what is to be seen then; a line each.
cat >reader.js <<'SCRIPT'
const seen = () => [...document.querySelectorAll(".check")].filter(one => getComputedStyle(one).display !== "none").length;
const lines = [`all ${seen()}`];
for (const button of document.querySelectorAll("button[data-show]")) {
  button.click();
  lines.push(`${button.dataset.show} ${seen()} ${button.textContent.match(/[0-9]+$/)}`);
}
for (const link of document.querySelectorAll(".verdict a")) {
  link.click();
  lines.push(`link ${document.getElementById(link.hash.slice(1)).querySelector(".id").textContent} of ${seen()}`);
}
lines.push(`width ${document.documentElement.scrollWidth <= innerWidth}`);
lines.push(`subject ${document.querySelector("dd").textContent}`);
document.documentElement.textContent = lines.join("\n");
SCRIPT
sed '/<\/body>/e printf "<script>"; cat reader.js; printf "</script>\\n"' page.html >reader.html

# browse WIDTH FILE: what the document is at last.
browse() {
  timeout --kill-after=5 120 chromium --headless --no-sandbox --disable-gpu --disable-dev-shm-usage --user-data-dir="$work/chromium" \
    --window-size="$1",900 --enable-logging=stderr --dump-dom "file://$work/$2" 2>browser.log
}
browse 1000 page.html >stdout.page
grep -q 'NOT READY' stdout.page || fail "the page does not open: $(tail -n 3 browser.log)"
! grep CONSOLE browser.log || fail "the browser complains"
{
  jq -r '"all \(.checks | length)", "all \(.checks | length) \(.checks | length)"' stdout
  for status in fail unknown skipped pass not-applicable; do
    jq -r --arg status "$status" '[.checks[] | select(.status == $status)] | length | select(. > 0) | "\($status) \(.) \(.)"' stdout
  done
  for status in fail unknown; do
    jq -r --arg status "$status" '(.checks | length) as $all | .checks[] | select(.status == $status and .severity == "blocker") |
      "link \(.id) of \($all)"' stdout
  done
  echo "width true"
  echo "subject <disk> & co.img"
} >wanted
for width in 1000 500; do
  browse "$width" reader.html | sed 's/<[^>]*>//g; s/&lt;/</g; s/&gt;/>/g; s/&amp;/\&/g' >seen
  ! grep CONSOLE browser.log || fail "the browser complains"
  diff wanted <(grep . seen) || fail "$width pixels wide: something else is seen"
done
