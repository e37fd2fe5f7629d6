// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sanboot/error.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

namespace san {

/// State of a phase of a clone. Bytes, and seconds of wall-clock time.
struct CloneProgress {
  std::string phase = {};                   ///< "copy", "flush", "verify" …
  std::uint64_t done = 0;                   ///< bytes that are acknowledged
  std::optional<std::uint64_t> total = {};  ///< bytes of the phase; nothing if that is not known
  double seconds = 0;                       ///< since the phase began
  double rate = 0;                          ///< bytes a second, lately; at the end those of the whole phase
  std::optional<double> seconds_left = {};  ///< nothing if it cannot be estimated
  bool finished = false;                    ///< the last call for this phase
};

/// Something that is told, and ends nothing.
struct CloneMessage {
  enum class Level { warning, info };
  Level level = Level::warning;
  std::string text = {};  ///< may hold names with line feeds and what else acts on a terminal: escape them
};

/// A clone that is wanted. What is not set has a safe value: everything is read, what is written is read back
/// and compared, and what could destroy data that are not meant is refused.
///
/// A device is named as on the command line of sanclone(1): a path of a disk or of an image (raw, qcow2, and
/// what else qemu-nbd opens; `.zst`), `iscsi://[USER@]HOST[:PORT]/TARGET/LUN`, `profile:FILE` for the LUN of
/// a boot profile, or `nbd://…`.
struct CloneRequest {
  std::string source = {};  ///< a device; "-" is standard input
  /// One device or more; files that do not exist are created; "-" is standard output.
  std::vector<std::string> destinations = {};

  /// Login at iSCSI targets. What is left empty comes from the profile, if there is one, else from the
  /// environment and from /etc/iscsi (sanclone(1), ENVIRONMENT and FILES).
  struct Login {
    std::string initiator;         ///< iSCSI name to log in with
    std::string chap_user;         ///< user of CHAP
    std::string chap_secret_file;  ///< file with the secret, which only its owner may read
    std::string profile;           ///< boot profile that has all this; see boot-profile(5)
  };
  Login login = {};

  /// Part of a destination that is read back and compared with what was read from the source.
  enum class Verify {
    none,     ///< nothing; the report then says nothing about the data either
    full,     ///< everything
    written,  ///< what was written, but no runs of zeros
    sample,   ///< one block in 16, the first and the last
  };
  Verify verify = Verify::full;

  /// Treatment of zeros of the source.
  enum class Zeros {
    prove,  ///< deallocated where that provably leaves zeros, else written
    write,  ///< always written
    skip,   ///< left out: the caller knows that the destination is all zeros
  };
  Zeros zeros = Zeros::prove;

  bool used_only = false;  ///< copies what the file systems use; their free space becomes zeros

  /// Further tries of places of the source that cannot be read, 0 to 100, after which they are zeros in the
  /// clone; such a clone is never complete(). Nothing: the first one ends the clone.
  std::optional<unsigned> retries = {};
  /// File for what could not be read, as a mapfile of ddrescue; needs `retries`. Empty for none.
  std::string bad_map = {};

  /// Longest time for which the file systems mounted from the source are frozen while it is read, 1 s to a
  /// day; nothing to freeze none. To freeze forks, which a program with other threads can stand only as far
  /// as its own fork handlers do; ask for it before those are started.
  std::optional<std::chrono::seconds> freeze = {};

  /// Treatment of a GPT on a destination that is larger than the source.
  enum class Fit {
    leave,     ///< the table stays as it is
    possible,  ///< its backup moves to the end of the disk, if nothing speaks against that
    require,   ///< likewise, or the clone is refused
  };
  Fit fit_gpt = Fit::possible;
  bool grow_last = false;       ///< the last partition reaches to the end of the destination
  bool new_ids = false;         ///< the disk and its partitions get new identifiers
  bool sector_convert = false;  ///< a GPT is made anew for blocks of another size

  /// Clone map, clone-map(5): a file by which an unfinished clone goes on, and a finished one is brought up
  /// to date; empty for none.
  std::string map = {};
  bool fresh = false;  ///< what the map says is forgotten
  /// With a finished map: what of a destination is read back before it is relied on.
  enum class Delta {
    automatic,  ///< what may have changed since
    compare,    ///< everything
    trust,      ///< nothing: the caller knows that nobody has written to it
  };
  Delta delta = Delta::automatic;

  /// Copies between two LUNs: by the target itself, or through this machine.
  enum class Offload {
    automatic,  ///< by the target where it can, and where what it did can be proved
    never,      ///< through this machine
    require,    ///< by the target, or the clone fails
  };
  Offload offload = Offload::automatic;

  /// Keeps others from writing to a destination that is a LUN, by a persistent reservation.
  enum class Reserve {
    automatic,  ///< where the target can, and nobody else is registered
    never,      ///< no reservation
    require,    ///< a reservation, or the clone is refused
  };
  Reserve reserve = Reserve::automatic;

  bool keep_size = false;        ///< a destination file that is longer than the source is not cut
  bool wipe_rest = false;        ///< on a larger destination, what is behind the clone becomes zeros
  bool raw = false;              ///< files are disks byte for byte, whatever they look like
  bool allow_backing = false;    ///< a qcow2 source may have a backing file, which is read with it
  bool compress_output = false;  ///< standard output gets zstd in place of the bytes of the disk

  std::uint64_t rate = 0;   ///< bytes a second that are read, at most; 0 for no limit
  std::uint64_t block = 0;  ///< bytes of a request, 64 KiB to 8 MiB, a multiple of 4096; 0 to leave it open
  unsigned sessions = 0;    ///< iSCSI sessions or NBD connections of a device, 1 to 16; 0 to leave it open
  unsigned depth = 0;       ///< requests in flight of a session, 1 to 128; 0 to leave it open

  /// Refusals that are overridden. Each can cost data.
  struct Force {
    bool live = false;             ///< the source is in use, and may change while it is read
    bool in_use = false;           ///< something else uses a destination
    bool block_size = false;       ///< the table counts in blocks of another size than the destination has
    bool unknown_content = false;  ///< a partition whose content is not known moves to blocks of another size
    bool cut_source = false;       ///< the source ends before the end that it states
  };
  Force force = {};

  /// Stops the clone when a stop is requested: clone() then ends within seconds with ErrorCode::stopped, and
  /// the destinations do not look bootable. What hangs in libiscsi is not stopped (see clone()).
  std::stop_token stop = {};
  /// Called a few times a second, and once at the end of each phase, from a thread of the library or from the
  /// one that called clone(). Must not throw, and must not wait for the clone.
  std::function<void(const CloneProgress&)> progress = {};
  /// Called with warnings and other news, from any thread of the library, and from the one that called
  /// clone(), one call at a time. Must not throw, and must not wait for the clone. Without it they are lost.
  std::function<void(const CloneMessage&)> message = {};
};

/// A range of bytes of a device.
struct CloneRange {
  std::uint64_t offset = 0, length = 0;  ///< bytes
  bool operator==(const CloneRange&) const = default;
};

/// Result for one destination. Bytes.
struct CloneDestination {
  std::string name = {};                 ///< URL or path
  std::optional<CloneError> error = {};  ///< why it failed; the others went on
  std::vector<CloneRange> mismatches =
      {};  ///< ranges that were read back, rewritten, and still hold other data
  std::vector<CloneRange> rewritten = {};  ///< ranges that held other data when read back, and were put right
  std::uint64_t written = 0;               ///< written by this clone
  std::uint64_t deallocated = 0;           ///< zeros that were not written, but unmapped
  std::uint64_t left = 0;                  ///< left as it was, since a map or the caller knew its content
  std::uint64_t offloaded = 0;             ///< copied by the target itself
  std::uint64_t verified = 0;              ///< read back and found right
  std::uint64_t compared = 0;              ///< read back because of the clone map
  bool table_edited = false;               ///< its partition table is not the source's any more
  /// Changes of the table, and what does not work until somebody acts, as clauses.
  std::vector<std::string> table_notes = {};

  /// Returns true if all was written, and nothing that was read back was wrong.
  bool good() const { return !error && mismatches.empty(); }
};

/// Result of a clone. Bytes, and seconds of wall-clock time.
struct CloneReport {
  std::string source = {};            ///< name of what was read
  std::uint64_t total = 0;            ///< size of the source
  std::uint64_t data = 0, zeros = 0;  ///< of it, data that were read, and zeros
  std::uint64_t free = 0;             ///< of the zeros, space that no file system uses (`used_only`)
  std::string hash = {};              ///< XXH3-128 of the source, 32 hexadecimal digits; empty if not known
  bool verified = false;              ///< something was read back, as the request said, and it is good
  std::vector<CloneRange> unreadable = {};  ///< places of the source that could not be read, and are zeros
  std::optional<CloneError> bad_map_error = {};  ///< why the file for these could not be written
  std::optional<bool> source_changed =
      {};  ///< the source changed while it was read; nothing if nobody looked
  std::optional<CloneError> unsteady = {};  ///< the source gave other data when it was read a second time
  double seconds = 0;                       ///< of the whole
  std::vector<CloneDestination> destinations = {};  ///< in the order of the request

  /// Returns true if every destination is good, everything could be read, and a second reading of the source,
  /// if there was one, gave the same. A source_changed that `force.live` allowed does not count.
  bool complete() const {
    for (const CloneDestination& one : destinations)
      if (!one.good()) return false;
    return unreadable.empty() && !bad_map_error && !unsteady;
  }
};

/// Clones a disk or an image. Blocks the caller until everything is written, flushed and verified; the first
/// MiB of each destination is written last, so that what is not complete does not look bootable.
///
/// Throws CloneError if nothing can be cloned, or the source fails, or a stop is requested; what happens to
/// one destination is in the report. A report that is not complete() is no clone.
///
/// Thread-safe: several clones may run at once, each on a thread of its caller's, and onto devices of its
/// own: the second one onto a device is refused. One clone has threads of its own, which have ended when this
/// returns; from the first login at a target to the end of the process there is another that watches
/// libiscsi. A CHAP secret makes the process one that writes no core file and that others cannot trace
/// (PR_SET_DUMPABLE), for good. No signal handler is installed, and no disposition changed: SIGPIPE and
/// SIGXFSZ are blocked in the threads that work, this one included while the call lasts.
///
/// One thing ends the process, with exit code 3: a call into libiscsi that does not return for 45 s, since
/// neither its thread nor its memory can be had back. A kill at that moment costs no data.
CloneReport clone(const CloneRequest& request);

}  // namespace san
