// SPDX-License-Identifier: Apache-2.0
#include "flash/live/nic_write.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <set>

#include "core/error.h"
#include "core/hint_id.h"
#include "flash/flash_device.h"
#include "flash/nvm/boot_words.h"
#include "flash/nvm/iscsi_block.h"
#include "flash/nvm/nvm_checksum.h"

namespace san::flash {
namespace {

/// Defers signals, so that none ends the process between the first and the last word.
class SignalsWait {
 public:
  SignalsWait() {
    sigset_t some;
    sigemptyset(&some);
    for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP}) sigaddset(&some, signal);
    pthread_sigmask(SIG_BLOCK, &some, &old_);
  }
  ~SignalsWait() { pthread_sigmask(SIG_SETMASK, &old_, nullptr); }
  SignalsWait(const SignalsWait&) = delete;
  SignalsWait& operator=(const SignalsWait&) = delete;

 private:
  sigset_t old_ = {};
};

using Words = std::vector<std::size_t>;

/// Formats "words 0x0030, 0x003f", and the number of more.
std::string words_text(const Words& words) {
  constexpr std::size_t kMaxListed = 8;
  std::string text = words.size() == 1 ? "word" : "words";
  for (std::size_t i = 0; i < words.size() && i < kMaxListed; ++i)
    text += fmt::format("{} {:#06x}", i == 0 ? "" : ",", words[i]);
  if (words.size() > kMaxListed) text += fmt::format(" and {} more", words.size() - kMaxListed);
  return text;
}

Words words_of(const WordRun& run) {
  Words words;
  for (std::size_t i = 0; i < run.count; ++i) words.push_back(run.first + i);
  return words;
}

Hint not_by_nvm(const std::string& cause) {
  return {HintId::boot_without_nvm, cause + ": boot by iPXE or UEFI", {cause}};
}

/// Returns the next step for an errno of the two ioctls.
Hint eeprom_hint(const LiveNvm& nvm, int error) {
  switch (error) {
    case EPERM:
      return "become root";
    case EOPNOTSUPP:
      return not_by_nvm("this NIC, or its driver, has no EEPROM to show or to write");
    case EFAULT:
      return "the driver rejects the magic that it reported itself";
    case EINVAL:
      // By default, e1000e sets FLAG_READ_ONLY_NVM on ICH and PCH.
      if (nvm.nic.driver == "e1000e")
        return "e1000e protects the NVM of onboard NICs: load it with the option WriteProtectNVM=0";
      return {};
    case ENODEV:
      return {HintId::list_nics, "see the list of NICs"};
    default:
      return {};
  }
}

struct LiveBytes {
  std::vector<std::byte> bytes;
  std::uint32_t magic = 0;
};

LiveBytes read_bytes(const LiveNvm& nvm, std::uint32_t at, std::uint32_t count) {
  // The kernel asks the driver for a page at a time anyway.
  constexpr std::uint32_t kPage = 4096;
  LiveBytes all;
  for (std::uint32_t offset = at; offset < at + count; offset += kPage) {
    const std::uint32_t length = std::min(kPage, at + count - offset);
    const EepromAnswer answer = nvm.ethtool->read(nvm.nic.name, offset, length);
    if (answer.error != 0)
      throw system_error(nvm.object, "read its NVM", answer.error, eeprom_hint(nvm, answer.error));
    if (answer.bytes.size() != length)
      throw Error(Exit::failed, nvm.object,
                  fmt::format("the driver gives {} bytes of {} at offset {:#x} of its NVM",
                              answer.bytes.size(), length, offset));
    if (offset != at && answer.magic != all.magic)
      throw Error(Exit::failed, nvm.object, "the driver reports two magics for one NVM");
    all.magic = answer.magic;
    all.bytes.insert(all.bytes.end(), answer.bytes.begin(), answer.bytes.end());
  }
  return all;
}

/// Returns the rank of a word in the order of writing, from 0.
int rank_of(std::size_t word, const IscsiBlockLocation& old_block, const IscsiBlockLocation& new_block) {
  const auto inside = [word](const IscsiBlockLocation& block) {
    return block.state == BlockState::good && word * 2 >= block.offset &&
           word * 2 < block.offset + block.size;
  };
  if (inside(old_block) || inside(new_block)) return 0;
  if (word >= 0x40) return 1;
  for (unsigned port = 1; port <= 4; ++port)
    if (word == setup_word(port) || word == setup_word(port) + 1) return 3;
  return 2;
}

/// Returns the words that hold checksums; the first is common to all families.
std::set<std::size_t> checksum_words(const NvmImage& before, const NvmImage& after, const NvmFamily* family) {
  std::set<std::size_t> words{0x3F};
  if (family != nullptr)
    for (const NvmImage* image : {&before, &after})
      for (const NvmChecksum& checksum : nvm_checksums(*image, *family)) words.insert(checksum.word);
  return words;
}

Words differing(const NvmImage& one, const NvmImage& other) {
  Words words;
  for (std::size_t i = 0; i < one.words(); ++i)
    if (one.word(i) != other.word(i)) words.push_back(i);
  return words;
}

class LiveWriter {
 public:
  LiveWriter(const LiveNvm& nvm, std::uint32_t magic, const NvmImage& before, const NvmImage& after,
             const NvmFamily* family)
      : nvm_(nvm), magic_(magic), before_(before), after_(after), family_(family) {}

  void work() const {
    check_before();
    for (const WordRun& run : write_order(before_, after_, family_)) write(run);
    // The drivers correct a checksum themselves; e1000e replaces one that is written.
    const std::set<std::size_t> checksums = checksum_words(before_, after_, family_);
    for (const std::size_t word : unlike_after())
      if (checksums.contains(word)) write({word, 1});
    if (const Words wrong = unlike_after(); !wrong.empty())
      fail(fmt::format("{} does not read back as written", words_text(wrong)), {});
  }

 private:
  void check_before() const {
    const LiveImage now = read_live(nvm_);
    const std::uint32_t wanted =
        std::uint32_t{nvm_.nic.device.value_or(0)} << 16U | nvm_.nic.vendor.value_or(0);
    if (now.magic != magic_ || magic_ != wanted)
      throw Error(
          Exit::refused, nvm_.object,
          fmt::format("the driver {} reports the magic {:#010x}, but that of the PCI device is {:#010x}",
                      nvm_.nic.driver, now.magic, wanted),
          "nothing is written through an unknown driver; use the kernel's own");
    if (!std::equal(now.image.bytes().begin(), now.image.bytes().end(), before_.bytes().begin(),
                    before_.bytes().end()))
      throw Error(Exit::failed, nvm_.object,
                  "another program has changed its NVM since it was read; nothing was written", "try again");
  }

  void write(const WordRun& run) const {
    const auto at = static_cast<std::uint32_t>(run.first * 2);
    const auto wanted = after_.bytes().subspan(run.first * 2, run.count * 2);
    if (const int error = nvm_.ethtool->write(nvm_.nic.name, magic_, at, wanted); error != 0)
      fail(fmt::format("cannot write {}: {}", words_text(words_of(run)), errno_text(error)),
           eeprom_hint(nvm_, error));
    LiveBytes got;
    try {
      got = read_bytes(nvm_, at, static_cast<std::uint32_t>(wanted.size()));
    } catch (const Error& error) {
      fail(fmt::format("{} cannot be read back: {}", words_text(words_of(run)), error.cause()), {});
    }
    Words wrong;
    for (std::size_t i = 0; i < run.count; ++i)
      if (got.bytes[i * 2] != wanted[i * 2] || got.bytes[i * 2 + 1] != wanted[i * 2 + 1])
        wrong.push_back(run.first + i);
    if (wrong.empty() || is_right_checksum(run)) return;
    fail(fmt::format("{} took the write of {} without an error, and {} what was written", nvm_.nic.driver,
                     words_text(wrong), wrong.size() == 1 ? "it does not hold" : "they do not hold"),
         not_by_nvm("this NIC cannot be written through this driver"));
  }

  /// Returns true for a checksum that differs from the one written, and is right.
  bool is_right_checksum(const WordRun& run) const {
    const Words wrong = unlike_after();
    return run.count == 1 && std::find(wrong.begin(), wrong.end(), run.first) == wrong.end();
  }

  /// Returns the words with wrong content. The driver's own changes are accepted: a checksum that is right,
  /// and with igb the bit in an 82580's word 3 that says that all four sections have one (DPDK,
  /// e1000_update_nvm_checksum_82580).
  Words unlike_after() const {
    const NvmImage now = read_live(nvm_).image;
    Words wrong = differing(now, after_);
    if (family_ == nullptr) return wrong;
    const auto checksums = nvm_checksums(now, *family_);
    std::erase_if(wrong, [&](std::size_t word) {
      if (const auto bit = family_->checksum.lan_bit; bit != 0 && word == family_->checksum.lan_word)
        return (now.word(word) | bit) == (after_.word(word) | bit) && (now.word(word) & bit) != 0;
      return std::any_of(checksums.begin(), checksums.end(), [word](const NvmChecksum& checksum) {
        return checksum.word == word && checksum.good();
      });
    });
    return wrong;
  }

  /// Throws the error for a write that stopped for `cause`. Reads the NVM to find the words changed so far.
  [[noreturn]] void fail(const std::string& cause, const Hint& hint) const {
    Words changed;
    std::string unknown;
    try {
      changed = differing(read_live(nvm_).image, before_);
    } catch (const Error& error) {
      unknown = error.cause();
    }
    if (!unknown.empty())
      throw PartlyWritten(nvm_.object,
                          fmt::format("{}; and what has changed is not known: {}", cause, unknown));
    if (!changed.empty())
      throw PartlyWritten(nvm_.object, fmt::format("{}; {} changed before that", cause, words_text(changed)));
    throw Error(Exit::failed, nvm_.object, cause + "; nothing has changed", hint);
  }

  const LiveNvm& nvm_;
  const std::uint32_t magic_;
  const NvmImage& before_;
  const NvmImage& after_;
  const NvmFamily* family_;
};

}  // namespace

LiveImage read_live(const LiveNvm& nvm) {
  const DriverAnswer driver = nvm.ethtool->driver(nvm.nic.name);
  if (driver.error != 0)
    throw system_error(nvm.object, "ask its driver", driver.error, eeprom_hint(nvm, driver.error));
  if (driver.eeprom_bytes < NvmImage::kMinSize || driver.eeprom_bytes > NvmImage::kMaxSize)
    throw Error(Exit::failed, nvm.object,
                fmt::format("the driver {} shows {} bytes of its NVM, which are not the NVM of an Intel NIC",
                            nvm.nic.driver, driver.eeprom_bytes));
  LiveBytes all = read_bytes(nvm, 0, driver.eeprom_bytes);
  return {NvmImage(nvm.object, std::move(all.bytes)), all.magic};
}

std::vector<WordRun> write_order(const NvmImage& before, const NvmImage& after, const NvmFamily* family) {
  const std::set<std::size_t> checksums = checksum_words(before, after, family);
  const IscsiBlockLocation old_block = family != nullptr ? find_block(before, *family) : IscsiBlockLocation{};
  const IscsiBlockLocation new_block = family != nullptr ? find_block(after, *family) : IscsiBlockLocation{};
  std::array<std::vector<WordRun>, 4> ranks;
  for (const std::size_t word : differing(before, after)) {
    if (checksums.contains(word)) continue;
    auto& runs = ranks.at(static_cast<std::size_t>(rank_of(word, old_block, new_block)));
    if (!runs.empty() && runs.back().first + runs.back().count == word)
      ++runs.back().count;
    else
      runs.push_back({word, 1});
  }
  std::vector<WordRun> all;
  for (const auto& runs : ranks) all.insert(all.end(), runs.begin(), runs.end());
  return all;
}

void write_live(const LiveNvm& nvm, std::uint32_t magic, const NvmImage& before, const NvmImage& after,
                const NvmFamily* family) {
  const SignalsWait wait;
  LiveWriter(nvm, magic, before, after, family).work();
}

}  // namespace san::flash
