// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace san::filesystem {

/// Signature of an earlier use, left at the end of a disk or in the middle of it.
struct EndSignature {
  enum class Effect {
    none,    ///< only programs that look for lost data find it
    table,   ///< programs that find no good GPT at the front take this one
    member,  ///< the whole disk is taken for a part of something else, whatever is at its front
  };
  std::uint64_t offset = 0;  ///< from the beginning of the disk
  std::uint64_t length = 0;  ///< bytes of the signature: to overwrite one of them removes it
  std::string name;          ///< with an article: "an md superblock (version 1.0)"
  Effect effect = Effect::none;
  std::string consequence =
      {};  ///< a clause: "Linux takes the disk for a member of a RAID"; empty for Effect::none
};

/// Bytes of the end of a disk that end_signatures() makes use of.
inline constexpr std::uint64_t kEndBytes = 1024 * 1024;

/// Finds the signatures in the last bytes of a disk, or of a partition, of `size` bytes. `tail` ends where
/// the disk does; the more of kEndBytes it has, the more is found. Offsets and bytes are those of the Linux
/// kernel (include/uapi/linux/raid/md_p.h), DRBD's user/shared/drbdmeta.c, OpenZFS' include/sys/vdev_impl.h,
/// SNIA's Common RAID Disk Data Format, UEFI 2.10, 5.3.2, FreeBSD's sys/geom, and of util-linux's
/// libblkid/src/superblocks, which udev asks. LVM, LUKS, bcache and swap space have nothing there.
std::vector<EndSignature> end_signatures(std::span<const std::byte> tail, std::uint64_t size);

/// Returns the offsets of superblock copies in the middle of a disk of `size` bytes with btrfs or ext2, ext3
/// or ext4 on all of it (Linux, fs/btrfs/disk-io.h; Documentation/filesystems/ext4), ascending.
std::vector<std::uint64_t> superblock_copies(std::uint64_t size);
/// Bytes to read at each of these offsets.
inline constexpr std::uint64_t kSuperblockCopy = 4096;

/// Names the superblock of which `block`, kSuperblockCopy bytes read at `offset`, is a copy; the name is
/// empty if it is none.
EndSignature superblock_copy(std::span<const std::byte> block, std::uint64_t offset);

}  // namespace san::filesystem
