# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# The classic commands, as far as no NIC is needed.
iscsiutl --help
iscsiutl --version | grep -c '(sanboot)'
for line in "-al -up" "-all -bootpriorty=primary" "-saveimage" "-flashenable" "-all -nic=1 -fe" "-nic=x -fe" "-nic=0 -fe" \
  "-all -bootpriority" "-all -file=x" "up" "-nic= -up"; do
  # shellcheck disable=SC2086 # words
  iscsiutl $line || echo "exit code $?"
done
