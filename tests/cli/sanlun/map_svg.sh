# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# The picture for a document is good XML, whatever the disk is called; it replaces pictures, and nothing else.
head -c 4M /dev/zero | tr '\0' '\252' >'a <&> disk.img'
printf 'label: gpt\nlabel-id: 00000000-1111-4222-8333-444444444444\nstart=1M, size=1M, name="<b>&"\n' |
  sfdisk -q 'a <&> disk.img'
umask 022
sanlun map 'a <&> disk.img' --svg disk.svg -q
sanlun map 'a <&> disk.img' --svg - | cmp - disk.svg
xmllint --noout disk.svg
xmllint --xpath 'string(/*/*[local-name()="title"])' disk.svg
xmllint --xpath 'string(/*/*[local-name()="desc"])' disk.svg
stat -c '%a %n' disk.svg*
sanlun map 'a <&> disk.img' --svg disk.svg --json | jq .size
sanlun map disk.svg --svg 'a <&> disk.img'
echo "exit $?"
sanlun map 'a <&> disk.img' --svg .
echo "exit $?"
sanlun map 'a <&> disk.img' --svg - --json
echo "exit $?"
sanlun map no-such.img --svg new.svg
echo "exit $?"
ls
