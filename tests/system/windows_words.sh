#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Nasty strings at every place of a Windows' hives that sanboot-check reads: what it prints, writes as JSON, as a page
# and as a remedy script says them, and neither runs nor renders them.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/windows_lib.sh"
require jq perl
perl -MWin::Hivex -e 1 2>/dev/null || skip "the Perl module Win::Hivex is not installed"
cd "$work"

# hostile.pl SYSTEM SOFTWARE <TEXT: the text as names of keys, where the format can carry it, and as values.
cat >hostile.pl <<'PERL'
use strict;
use Encode qw(decode encode);
use Win::Hivex;
local $/;
my $bytes = <STDIN>;
my $text = decode('UTF-8', $bytes);
my $h;
sub utf16 { encode('UTF-16LE', $_[0], Encode::FB_DEFAULT) . "\0\0" }
sub at {
  my $node = $h->root();
  for my $name (@_) {
    my $next = eval { $h->node_get_child($node, $name) };
    $next = eval { $h->node_add_child($node, $name) } unless $next;
    return undef unless $next;
    $node = $next;
  }
  $node;
}
sub set {
  my ($type, $key, $value, @path) = @_;
  my $node = at(@path);
  $h->node_set_value($node, { key => $key, t => $type, value => $value }) if $node;
}
sub string { my $key = shift; my $value = shift; set(1, $key, utf16($value), @_) }
sub list { my $key = shift; my $value = shift; set(7, $key, utf16($value) . "\0\0", @_) }
sub dword { my $key = shift; my $value = shift; set(4, $key, pack('V', $value), @_) }
my $name = encode('UTF-8', $text);
my ($system, $software) = @ARGV;

$h = Win::Hivex->open($system, write => 1);
my @control = ('ControlSet001', 'Control');
my $nic = '{5F3F359E-9D52-4566-9BEC-37EFDFB25ABE}';
my $net = '{4d36e972-e325-11ce-bfc1-08002be10318}';
my $controllers = '{4d36e97b-e325-11ce-bfc1-08002be10318}';
my @service = ('ControlSet001', 'Services', $name);
my @device = ('ControlSet001', 'Enum', 'PCI', 'VEN_8086&DEV_10D3&SUBSYS_00008086&REV_00', '3&1&0&10');
dword('Start', 3, @service);
string('ImagePath', $text, @service);
string('Group', $text, @service);
string('DisplayName', $text, @service);
dword('BootFlags', 0, @service);
dword($name, 1, @service);
dword('0', 3, @service, 'StartOverride');
dword($name, 3, @service, 'StartOverride');
string('Service', $text, @device);
string('DeviceDesc', $text, @device);
string('FriendlyName', $text, @device);
string('DriverDesc', $text, @control, 'Class', $net, '0001');
string('ComponentId', $text, @control, 'Class', $net, '0001');
string('DriverVersion', $text, @control, 'Class', $net, '0001');
my $guid = substr("{$text" . 'x' x 37, 0, 38);
list('FilterList', "$nic-$guid-0000", @control, 'Class', $net, '0001', 'Linkage');
list('UpperBind', $text, @control, 'Class', $net, '0001', 'Linkage');
list('Export', "\\Device\\$text", @control, 'Class', $net, '0001', 'Linkage');
my @filter = (@control, 'Network', '{4d36e974-e325-11ce-bfc1-08002be10318}', encode('UTF-8', $guid));
string('ComponentId', $text, @filter);
string('Service', $text, @filter, 'Ndi');
dword('FilterRunType', 1, @filter, 'Ndi');
for my $class ('{4d36e967-e325-11ce-bfc1-08002be10318}', $controllers, '{71a27cdd-812a-11d0-bec7-08002be2092f}', $net) {
  list('UpperFilters', $text, @control, 'Class', $class);
  set(7, 'LowerFilters', encode('UTF-16LE', "partmgr\0leftover\0$text\0\0"), @control, 'Class', $class);
}
string('MatchingDeviceId', 'root\\iscsiprt', @control, 'Class', $controllers, $name);
dword('MaxRequestHoldTime', 60, @control, 'Class', $controllers, $name, 'Parameters');
string('ComputerName', $text, @control, 'ComputerName', 'ComputerName');
list('PagingFiles', "D:\\$text", @control, 'Session Manager', 'Memory Management');
dword('CrashDumpEnabled', 1, @control, 'CrashControl');
string('DumpFile', "D:\\$text", @control, 'CrashControl');
list('BootExecute', $text, @control, 'Session Manager');
list('PendingFileRenameOperations', $text, @control, 'Session Manager');
string('ImagePath', $text, 'ControlSet001', 'Services', 'iScsiPrt');
list('Bind', "\\Device\\$text", 'ControlSet001', 'Services', 'Tcpip', 'Linkage');
string('DhcpServer', $text, 'ControlSet001', 'Services', 'Tcpip', 'Parameters', 'Interfaces', $name);
set(3, "\\DosDevices\\C:", $bytes, 'MountedDevices');
set(3, $name, $bytes, 'MountedDevices');
$h->commit(undef);

$h = Win::Hivex->open($software, write => 1);
my @version = ('Microsoft', 'Windows NT', 'CurrentVersion');
string('ProductName', $text, @version);
string('CurrentVersion', '6.1', @version);  # class filters and NIC filters have commands only for that
string('CurrentBuild', $text, @version);
string('BuildLab', $text, @version);
$h->commit(undef);
PERL

# run ARGUMENT…: the remedy script by a bash that has no programs and writes down what it would start
run() {
  : >calls
  # shellcheck disable=SC2016
  env -i PATH=/nonexistent LOG="$PWD/calls" \
    'BASH_FUNC_command_not_found_handle%%=() { printf "%q " "$@" >>"$LOG"; echo >>"$LOG"; [ "$1" != id ] || echo 0; }' \
    /bin/bash fix.sh "$@" >out 2>&1 || true
  [ ! -e PWNED ] || fail "$shown: fix.sh $*: text of the hive was run"
  ! grep -vq '^id ' calls || fail "$shown: fix.sh $*: started $(cat calls)"
}
# Tags with the names of their attributes, whose values differ with what fails and with what was read.
elements() { grep -oE '<[a-zA-Z!/?][^>]*>' "$1" | sed -E 's/="[^"]*"/=/g' | sort -u; }

# examine: the disk with the text in file "text" in its hives; JSON in stdout, and page.html, fix.sh, text.out
examine() {
  cp system changed
  cp software changed-software
  perl hostile.pl changed changed-software <text 2>stderr || fail "$shown: the hive cannot be made"
  ntfscp -q -f part changed /Windows/System32/config/SYSTEM
  ntfscp -q -f part changed-software /Windows/System32/config/SOFTWARE
  assemble
  rm -f fix.sh page.html
  status=0
  "$SANBOOT_BIN/sanboot-check" disk.img --nic 8086:10d3 --json --remedy fix.sh --report page.html >stdout 2>stderr || status=$?
  [ "$status" -le 1 ] || fail "$shown: ended with $status"
  status=0
  "$SANBOOT_BIN/sanboot-check" disk.img --nic 8086:10d3 >text.out 2>stderr || status=$?
  [ "$status" -le 1 ] || fail "$shown: as text: ended with $status"
}

hive system
hive software
hive boot
make_parts
fresh
shown=plain
printf plain >text
examine
elements page.html >usual
jq -e '[.checks[] | select(.id | IN("WIN-03", "WIN-05", "WIN-06", "WIN-13")) | .status] | length == 4 and all(. == "fail")' stdout >/dev/null ||
  fail "the plain name is not what the checks complain of"
grep -q 'reg add .*Services.plain"' fix.sh || fail "no command for a plain name"

count=0 said=0
mapfile -d '' strings < <("$SANBOOT_SUPPORT/nasty_strings")
for string in "${strings[@]}"; do
  shown=$(printf %.60q "$string")
  printf %s "$string" >text
  examine
  jq -e '.verdict == "NOT READY" and (.checks | length > 20)' stdout >/dev/null || fail "$shown: no report in JSON"
  ! grep -qP '[\x00-\x08\x0b-\x1f\x7f]' text.out fix.sh page.html || fail "$shown: control characters"
  if elements page.html | comm -13 usual - | grep . >&2; then fail "$shown: the page has elements of the hive"; fi
  bash -n fix.sh || fail "$shown: bash does not read the script"
  run
  run --all
  ! grep '^ *#   *re[gm] ' fix.sh | grep -vqE "^ *#   *(rem [^\"&%^<>|!]*|reg [^&%^<>|!\`']*)$" || fail "$shown: $(grep '^ *#   *re[gm] ' fix.sh)"
  count=$((count + 1))
  [ -z "$string" ] || ! jq -e --rawfile text text '[.checks[].evidence[] | .where, .found | strings] | any(contains($text))' stdout >/dev/null 2>&1 || said=$((said + 1))
done
[ "$said" -gt 50 ] || fail "only $said strings are found again in the report: the hive does not carry them"
say "$count strings at 40 places of the hives, 4 outputs each; $said found again as they are; 0 run, 0 rendered"
