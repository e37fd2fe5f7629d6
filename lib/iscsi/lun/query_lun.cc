// SPDX-License-Identifier: Apache-2.0
#include "iscsi/lun/query_lun.h"

#include <fmt/core.h>

#include <algorithm>
#include <initializer_list>
#include <utility>

#include "iscsi/connection/lost_session.h"
#include "iscsi/scsi/bytes.h"

namespace san::iscsi {
namespace {

using std::chrono::milliseconds;

// None of the commands changes anything.
constexpr SendPolicy kPolicy{milliseconds(10'000), true};
constexpr SendPolicy kReadyPolicy{milliseconds(30'000), true};

const char* const kOtherLuns = "list the LUNs of the target, and check which this initiator may see";

/// Takes the fields that are not known yet from `more`.
void complete(Mode& mode, const Mode& more) {
  for (std::optional<bool> Mode::*field : {&Mode::write_protected, &Mode::write_cache, &Mode::read_cache,
                                           &Mode::dpofua, &Mode::software_write_protect})
    if (!(mode.*field)) mode.*field = more.*field;
}

std::string nonsense(const Capacity& capacity) {
  // 2^64 - 1 has wrapped to 0.
  const std::string blocks =
      capacity.blocks == 0 && capacity.long_form ? "2^64" : std::to_string(capacity.blocks);
  return fmt::format("nonsense: {} blocks of {} bytes", blocks, capacity.block_size);
}

/// One call of query_lun().
class LunQuery {
 public:
  LunQuery(ScsiTransport& transport, LunDepth depth) : transport_(transport), depth_(depth) {}

  LunInfo run() {
    if (!ask_inquiry()) return info_;
    ask_names();
    if (depth_ != LunDepth::listing) ask_readiness();
    if (!info_.is_disk()) return info_;
    ask_capacity();
    if (depth_ == LunDepth::listing) return info_;
    ask_blocks();
    ask_mode();
    return info_;
  }

 private:
  bool for_device() const { return depth_ == LunDepth::device; }

  [[noreturn]] void fail(const std::string& cause, const std::string& hint = {}) const {
    throw Error(Exit::failed, transport_.name(), cause, hint);
  }

  /// Throws the error of a refusal of a command that a device cannot do without.
  [[noreturn]] void fail(const Answer& answer, const char* doing) const {
    if (answer.status == CommandStatus::reservation_conflict)
      throw Error(Exit::refused, transport_.name(), describe(answer),
                  "release the reservation on that host first");
    if (answer.status == CommandStatus::check_condition && answer.sense.asc == 0x25)
      fail(describe(answer), kOtherLuns);
    fail(fmt::format("cannot {}: {}", doing, describe(answer)));
  }

  /// Sends a command that reads. A missing answer ends the query for a device, since it is no property of the
  /// LUN; a report leaves it to the transport what to send next.
  ScsiReply ask(const std::string& command, const Cdb& cdb, std::size_t length) {
    ScsiReply reply = receive(transport_, command, cdb, length, kPolicy);
    if (for_device()) throw_unanswered(transport_.name(), reply.answer, opcode_name(cdb.opcode()));
    return reply;
  }

  /// Returns true if there is such a LUN.
  bool ask_inquiry() {
    constexpr std::uint8_t kLength = 255;
    const ScsiReply reply = ask("INQUIRY", inquiry(kLength), kLength);
    if (reply.done()) {
      info_.inquiry = parse_inquiry(reply.bytes);
      if (!info_.inquiry) note("INQUIRY", fmt::format("an answer of {} bytes", reply.bytes.size()));
    }
    info_.no_such_lun =
        reply.answer.status == CommandStatus::check_condition && reply.answer.sense.asc == 0x25;
    if (for_device() && !reply.done()) fail(reply.answer, "send INQUIRY");
    if (for_device() && !info_.inquiry) fail("the target's INQUIRY data are too short to make sense");
    if (!info_.inquiry) return false;
    // SPC-4, 6.6.2: with qualifier 011b, or 001b without a device behind it, a target reports "no such LUN"
    // in INQUIRY.
    const Inquiry& about = *info_.inquiry;
    if (about.qualifier != 0 || about.device_type == 0x1F) info_.no_such_lun = true;
    if (!for_device()) return !info_.no_such_lun;
    if (info_.no_such_lun) throw no_such_lun(transport_.name());
    if (!info_.is_disk())
      fail(fmt::format("the LUN is not a disk, but this: {}", device_type_name(about.device_type)),
           "list the LUNs of the target: with tgt the first disk is LUN 1");
    return true;
  }

  /// Reads a VPD page, header included. Returns nothing if the LUN does not have it, or if the answer is not
  /// that page.
  std::optional<std::vector<std::byte>> read_page(std::uint8_t page) {
    // A page that is not listed may be left without an answer. If there is no list a report tries, and loses
    // a field at worst; a device would lose the LUN.
    const bool listed = page == 0x00 || (info_.pages.empty() ? !for_device() : info_.may_have(page));
    if (!listed) return std::nullopt;
    // Before SPC-3 the allocation length had one byte: longer ones were taken for 0.
    const std::uint16_t length = page == 0x00 ? 255 : 1024;
    const std::string name = fmt::format("VPD page {:02X}h", page);
    ScsiReply reply = ask(name, inquiry_vpd(page, length), length);
    if (!reply.done()) return std::nullopt;
    const std::size_t came = reply.bytes.size(), stated = 4 + std::size_t{value_at<be16>(reply.bytes, 2)};
    if (came < 4) {
      note(name, fmt::format("an answer of {} bytes", came));
      return std::nullopt;
    }
    if (byte_at(reply.bytes, 1) != page) {
      note(name, fmt::format("the answer is page {:02X}h", byte_at(reply.bytes, 1)));
      return std::nullopt;
    }
    if (stated > came) note(name, fmt::format("it says that it has {} bytes; {} came", stated, came));
    return std::move(reply.bytes);
  }

  void ask_names() {
    if (const auto bytes = read_page(0x00)) {
      info_.pages = parse_supported_pages(*bytes);
      // SPC-4, 7.8.15: the list has at least this page itself.
      if (info_.pages.empty()) note("VPD page 00h", "an empty list");
    }
    if (const auto bytes = read_page(0x80)) info_.serial = parse_serial(*bytes);
    if (const auto bytes = read_page(0x83)) {
      info_.designators = parse_designators(*bytes);
      if (info_.designators.empty()) note("VPD page 83h", "no designator in it makes sense");
    }
  }

  void ask_readiness() {
    constexpr const char* kCommand = "TEST UNIT READY";
    const Answer answer = transport_.send(kCommand, test_unit_ready(), Direction::none, {}, kReadyPolicy);
    const bool ready = judge(answer) == Action::done;
    if (for_device() && answer.status == CommandStatus::lost)
      throw_unanswered(transport_.name(), answer, kCommand);
    if (for_device() && !ready) fail(answer, "use the LUN");
    info_.reserved_by_another = answer.status == CommandStatus::reservation_conflict;
    if (answer.answered()) info_.not_ready = ready ? std::string() : describe(answer);
  }

  void ask_capacity() {
    ScsiReply reply = ask("READ CAPACITY(16)", read_capacity_16(32), 32);
    if (reply.done()) {
      info_.capacity = parse_capacity_16(reply.bytes);
      if (!info_.capacity)
        note("READ CAPACITY(16)", reply.bytes.size() < 12
                                      ? fmt::format("an answer of {} bytes", reply.bytes.size())
                                      : nonsense(raw_capacity_16(reply.bytes)));
    } else if (reply.answer.status == CommandStatus::check_condition &&
               reply.answer.sense.key == SenseKey::illegal_request) {
      // SBC-2 devices know only the short form.
      reply = ask("READ CAPACITY(10)", read_capacity_10(), 8);
      if (reply.done()) {
        info_.capacity = parse_capacity_10(reply.bytes);
        if (!info_.capacity) note("READ CAPACITY(10)", "nonsense");
      }
    }
    if (!for_device() || info_.capacity) return;
    if (reply.done()) fail("the target gives a capacity that makes no sense");
    fail(reply.answer, "read the capacity");
  }

  /// Reads a VPD page of block devices into `field`.
  template <typename T>
  void ask_page(std::uint8_t page, std::optional<T>& field,
                std::optional<T> (*parse)(std::span<const std::byte>)) {
    const auto bytes = read_page(page);
    if (!bytes) return;
    field = parse(*bytes);
    if (!field) note(fmt::format("VPD page {:02X}h", page), "too short to make sense");
  }

  void ask_blocks() {
    ask_page(0xB0, info_.limits, parse_block_limits);
    if (depth_ == LunDepth::report) ask_page(0xB1, info_.characteristics, parse_characteristics);
    ask_page(0xB2, info_.provisioning, parse_provisioning);
  }

  void ask_mode() {
    constexpr std::uint8_t kLength = 255;
    constexpr std::uint16_t kLonger = 1024;
    // All pages first, as Linux asks for; then the single ones for targets that do not support that, and the
    // longer form for those that do not support the short one.
    using Field = std::optional<bool> Mode::*;
    for (const auto& [page, field] :
         std::initializer_list<std::pair<std::uint8_t, Field>>{{0x3F, &Mode::write_protected},
                                                               {0x08, &Mode::write_cache},
                                                               {0x0A, &Mode::software_write_protect}}) {
      if (info_.mode.*field || (page == 0x0A && for_device())) continue;
      const ScsiReply reply = ask("MODE SENSE(6)", mode_sense_6(page, kLength), kLength);
      if (!reply.answer.answered()) return;  // the next one would hang as well
      if (reply.done()) {
        complete(info_.mode, parse_mode(reply.bytes, false));
        continue;
      }
      const ScsiReply longer = ask("MODE SENSE(10)", mode_sense_10(page, kLonger), kLonger);
      if (longer.done()) complete(info_.mode, parse_mode(longer.bytes, true));
    }
  }

  void note(const std::string& what, const std::string& why) { transport_.note_problem(what, why); }

  ScsiTransport& transport_;
  const LunDepth depth_;
  LunInfo info_;
};

}  // namespace

Error no_such_lun(const std::string& name) {
  return {Exit::failed, name, "the target has no such LUN", kOtherLuns};
}

LunInfo query_lun(ScsiTransport& transport, LunDepth depth) {
  return LunQuery(transport, depth).run();
}

}  // namespace san::iscsi
