# shellcheck shell=bash disable=SC2034,SC2154 # work, mounted and loop are those of free_space_oracles.sh
# SPDX-License-Identifier: Apache-2.0
# What free_space_oracles.sh compares, who else knows it, and the files that it is about.

# --- sets of ranges: files of lines "OFFSET LENGTH" in bytes ---------------------------------------------------

merge() { sort -n | awk '{ if (NR > 1 && $1 <= e) { if ($1 + $2 > e) e = $1 + $2 } else { if (NR > 1) printf "%.0f %.0f\n", s, e - s
                                                                          s = $1; e = $1 + $2 } }
                         END { if (NR) printf "%.0f %.0f\n", s, e - s }'; }

# outside A B: the first range of A that is not in B
outside() { awk 'BEGIN { n = i = 0 } NR == FNR { s[n] = $1; e[n++] = $1 + $2; next }
                 { while (i < n && e[i] <= $1) i++
                   if (i >= n || s[i] > $1 || e[i] < $1 + $2) { print $1, $2; exit } }' "$2" "$1"; }

# share A B: how much of B's ranges of 64 KiB and more is in A, in hundredths of a percent
share() { awk 'BEGIN { n = i = 0 } NR == FNR { s[n] = $1; e[n++] = $1 + $2; next }
               $2 >= 65536 { all += $2
                 while (i < n && e[i] <= $1) i++
                 for (j = i; j < n && s[j] < $1 + $2; j++) {
                   a = s[j] > $1 ? s[j] : $1; b = e[j] < $1 + $2 ? e[j] : $1 + $2; got += b - a } }
               END { print all ? int(got * 10000 / all) : 10000 }' "$1" "$2"; }

# --- oracles: image on $1, free ranges on stdout ---------------------------------------------------------------

oracle_dumpe2fs() {
  # With bigalloc a range ends with the first block of its last cluster.
  dumpe2fs "$1" 2>/dev/null | awk '/^Block size:/ { b = c = $3 } /^Cluster size:/ { c = $3 } /^  Free blocks:/ { sub(/.*: */, ""); n = split($0, r, /, */)
    for (i = 1; i <= n; i++) { m = split(r[i], p, "-"); printf "%.0f %.0f\n", p[1] * b, (p[m] - p[1]) * b + c } }' | merge
}
oracle_xfs_db() {
  local block agblocks
  block=$(xfs_db -r -c 'sb 0' -c 'p blocksize' "$1" | awk '{ print $3 }')
  agblocks=$(xfs_db -r -c 'sb 0' -c 'p agblocks' "$1" | awk '{ print $3 }')
  xfs_db -r -c 'freesp -d' "$1" | awk -v b="$block" -v a="$agblocks" '$1 == "from" { exit }
    $1 ~ /^[0-9]+$/ { printf "%.0f %.0f\n", ($1 * a + $2) * b, $3 * b }' | merge
}
oracle_partclone() {  # PROGRAM IMAGE
  "partclone.$1" -q -D -s "$2" -O domain -L partclone.log >/dev/null 2>&1 || { cat partclone.log >&2; return 1; }
  grep '?$' domain | grep '^0x.*0x' | while read -r offset length _; do echo $((offset)) $((length)); done | merge
}
oracle_blkls() {  # TYPE UNIT-OF-ADDRESSES IMAGE
  blkls -f "$1" -l "$3" | awk -F'|' -v u="$2" 'NR > 3 { printf "%.0f %.0f\n", $1 * u, u }' | merge
}

# --- files -----------------------------------------------------------------------------------------------------

RANDOM=1
fresh() { rm -f image expected; truncate -s "$1" image; }
random_file() { head -c "$2" /dev/urandom > "$1"; }
size_of_file() { if ((RANDOM % 8)); then echo $((RANDOM % 40000)); else echo $((RANDOM * 100)); fi; }

# age DIR FILES: creates and deletes, and leaves a manifest of what is left
age() {
  local round i
  for round in 1 2 3; do
    mkdir -p "$1/dir$round"
    for ((i = 0; i < $2; i++)); do random_file "$1/dir$round/file$i" "$(size_of_file)" || return 1; done
    for ((i = 0; i < $2; i += 1 + RANDOM % 3)); do rm "$1/dir$round/file$i"; done
    sync -f "$1"
  done
}

# fragment DIR FILES: free space in as many pieces, one block each
fragment() {
  local i
  mkdir "$1/many"
  for ((i = 0; i < $2; i++)); do echo "$i" > "$1/many/$i"; done
  sync -f "$1"
  for ((i = 0; i < $2; i += 2)); do echo "$1/many/$i"; done | xargs rm
  sync -f "$1"
}
manifest() { (cd "$1" && find . -type f -print0 | sort -z | xargs -0r sha256sum); }

mount_at() { mount "$@" "$work/mnt" 2>mount.log && mounted=$work/mnt; }
mount_exfat() {  # IMAGE OPTIONS…: FUSE, on a loop device of its own
  local image=$1
  shift
  have mount.exfat-fuse && loop=$(losetup -f --show "$image" 2>mount.log) || return
  mount.exfat-fuse "$@" "$loop" "$work/mnt" >/dev/null 2>mount.log && mounted=$work/mnt && return
  losetup -d "$loop"
  return 1
}
unmount() {
    for _ in 1 2 3 4 5; do umount "$work/mnt" 2>/dev/null && break; sleep 0.3; done
  mounted=
  # FUSE daemons go on writing for a moment after umount has returned.
  for _ in $(seq 50); do fuser -s "${loop:-$work/image}" 2>/dev/null || break; sleep 0.1; done
  [[ -z $loop ]] || losetup -d "$loop"
  loop=
}
