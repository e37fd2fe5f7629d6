# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# Tables that cannot become what was asked for, and options that contradict each other.
truncate -s 8M none.img
for option in --grow-last --new-ids; do
  sanclone "$option" none.img copy.img
  echo "exit $?"
done
[ ! -e copy.img ] || [ "$(stat -c %b copy.img)" -eq 0 ] || echo "something was written"
sanclone --grow-last --no-fit-gpt none.img copy.img
echo "exit $?"
sanclone --fit-gpt --no-fit-gpt none.img copy.img
echo "exit $?"
dd if=none.img status=none | sanclone --sector-convert - copy.img
echo "exit $?"
dd if=none.img status=none | sanclone --new-ids - copy.zst
echo "exit $?"
ls
