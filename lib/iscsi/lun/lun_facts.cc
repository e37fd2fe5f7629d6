// SPDX-License-Identifier: Apache-2.0
#include "iscsi/lun/lun_facts.h"

#include <fmt/core.h>

#include <algorithm>

#include "iscsi/lun/scsi_inquiry_session.h"
#include "iscsi/scsi/bytes.h"

namespace san::iscsi {
namespace {

std::string absurd(const Capacity& capacity) {
  // 2^64 - 1 has wrapped to 0.
  const std::string blocks =
      capacity.blocks == 0 && capacity.long_form ? "2^64" : std::to_string(capacity.blocks);
  return fmt::format("nonsense: {} blocks of {} bytes", blocks, capacity.block_size);
}

std::optional<Capacity> ask_capacity(ScsiInquirySession& session) {
  if (const auto bytes = session.ask(read_capacity_16(32), 32, "READ CAPACITY(16)")) {
    const auto capacity = parse_capacity_16(*bytes);
    if (!capacity)
      session.note_problem("READ CAPACITY(16)", bytes->size() < 12
                                                    ? fmt::format("an answer of {} bytes", bytes->size())
                                                    : absurd(raw_capacity_16(*bytes)));
    return capacity;
  }
  // SBC-2 devices know only the short form.
  const Answer& answer = session.answer();
  if (answer.status != Status::check_condition || answer.sense.key != SenseKey::illegal_request)
    return std::nullopt;
  const auto bytes = session.ask(read_capacity_10(), 8, "READ CAPACITY(10)");
  if (!bytes) return std::nullopt;
  const auto capacity = parse_capacity_10(*bytes);
  if (!capacity) session.note_problem("READ CAPACITY(10)", "nonsense");
  return capacity;
}

}  // namespace

bool LunFacts::may_have(std::uint8_t page) const {
  return pages.empty() || std::find(pages.begin(), pages.end(), page) != pages.end();
}

std::optional<bool> LunFacts::thin() const {
  // The short form of READ CAPACITY does not report it.
  if (!capacity || !capacity->long_form) return std::nullopt;
  return capacity->lbpme;
}

std::string LunFacts::naa() const {
  std::string best;
  for (const Designator& one : designators)
    if (one.association == 0 && one.type == 3 && one.text.size() > best.size()) best = one.text;
  return best;
}

std::optional<std::span<const std::byte>> read_vpd_page(ScsiInquirySession& session, const LunFacts& facts,
                                                        std::uint8_t page) {
  if (!facts.may_have(page)) return std::nullopt;
  const auto bytes = session.ask_page(page);
  if (!bytes) return std::nullopt;
  const std::string name = fmt::format("VPD page {:02X}h", page);
  if (bytes->size() < 4) {
    session.note_problem(name, fmt::format("an answer of {} bytes", bytes->size()));
    return std::nullopt;
  }
  if (byte_at(*bytes, 1) != page) {
    session.note_problem(name, fmt::format("the answer is page {:02X}h", byte_at(*bytes, 1)));
    return std::nullopt;
  }
  const std::size_t length = 4 + std::size_t{value_at<be16>(*bytes, 2)};
  if (length > bytes->size())
    session.note_problem(name, fmt::format("it says that it has {} bytes; {} came", length, bytes->size()));
  return bytes;
}

LunFacts ask_facts(ScsiInquirySession& session) {
  LunFacts facts;
  constexpr std::uint8_t kLength = 255;
  if (const auto bytes = session.ask(inquiry(kLength), kLength, "INQUIRY")) {
    facts.inquiry = parse_inquiry(*bytes);
    if (!facts.inquiry) session.note_problem("INQUIRY", fmt::format("an answer of {} bytes", bytes->size()));
  }
  facts.no_such_lun =
      session.answer().status == Status::check_condition && session.answer().sense.asc == 0x25;
  if (!facts.inquiry) return facts;
  // SPC-4, 6.6.2: this is how a target reports "no such LUN" in INQUIRY.
  if (facts.inquiry->qualifier != 0 || facts.inquiry->device_type == 0x1F) {
    facts.no_such_lun = true;
    return facts;
  }
  if (const auto bytes = read_vpd_page(session, facts, 0x00)) {
    facts.pages = parse_supported_pages(*bytes);
    // SPC-4, 7.8.15: the list has at least this page itself.
    if (facts.pages.empty()) session.note_problem("VPD page 00h", "an empty list");
  }
  if (const auto bytes = read_vpd_page(session, facts, 0x80)) facts.serial = parse_serial(*bytes);
  if (const auto bytes = read_vpd_page(session, facts, 0x83)) {
    facts.designators = parse_designators(*bytes);
    if (facts.designators.empty()) session.note_problem("VPD page 83h", "no designator in it makes sense");
  }
  if (facts.is_disk()) facts.capacity = ask_capacity(session);
  return facts;
}

}  // namespace san::iscsi
