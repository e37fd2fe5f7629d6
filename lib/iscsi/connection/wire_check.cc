// SPDX-License-Identifier: Apache-2.0
#include "iscsi/connection/wire_check.h"

#include <fmt/core.h>

#include <algorithm>

#include "core/crc32c.h"
#include "core/endian.h"

namespace san::iscsi {
namespace {

// RFC 7143, 11.2.1.2.
constexpr std::uint8_t kNopOut = 0x00, kDataOut = 0x05, kNopIn = 0x20, kScsiResponse = 0x21,
                       kTaskManagementResponse = 0x22, kLoginResponse = 0x23, kTextResponse = 0x24,
                       kDataIn = 0x25, kLogoutResponse = 0x26, kR2t = 0x31, kAsync = 0x32, kReject = 0x3f;
constexpr std::uint8_t kFinal = 0x80, kStatusInside = 0x01;
constexpr std::uint32_t kNoTag = 0xffffffff;
/// MaxRecvDataSegmentLength that libiscsi 1.19 declares; also the limit before the negotiation.
constexpr std::uint32_t kMaxSegment = 262144;
/// NOP-Ins of the target that may wait for an answer.
constexpr unsigned kMaxQuestions = 256;

std::uint32_t word_of(std::span<const std::byte> header, std::size_t at) {
  return *read_at<be32>(header, at);
}

std::uint32_t segment_of(std::span<const std::byte> header) {
  return word_of(header, 4) & 0xffffff;
}

std::uint32_t padded(std::uint32_t length) {
  return (length + 3) & ~3U;
}

}  // namespace

std::uint32_t WireCheck::word(std::size_t at) const {
  return word_of(in_.header, at);
}

WireTransfer* WireCheck::transfer(std::uint32_t tag) const {
  const auto found = transfers_.find(tag);
  return found == transfers_.end() ? nullptr : found->second;
}

bool WireCheck::received(std::span<std::byte> bytes, std::size_t asked) noexcept {
  try {
    while (broken_.empty() && !bytes.empty()) {
      if (in_.body > 0) {
        const auto part = static_cast<std::size_t>(std::min<std::uint64_t>(in_.body, bytes.size()));
        in_.body -= part;
        bytes = bytes.subspan(part);
        continue;
      }
      if (in_.have == 0) {
        in_.size = asked == kHeader + kDigest ? asked : kHeader;
        in_.start = bytes.data();
        left_ -= left_ > 0 ? 1 : 0;
      }
      const std::size_t part = std::min(in_.size - in_.have, bytes.size());
      if (!take_header(bytes.first(part))) return false;
      bytes = bytes.subspan(part);
    }
    return broken_.empty();
  } catch (...) {
    left_ = 0;
    set_broken("sent something, and there was no memory to examine it");
    return false;
  }
}

bool WireCheck::take_header(std::span<std::byte> bytes) {
  std::copy(bytes.begin(), bytes.end(), in_.header.begin() + static_cast<std::ptrdiff_t>(in_.have));
  in_.have += bytes.size();
  if (in_.have < in_.size) return true;
  if (in_.size > kHeader && crc32c(std::span(in_.header).first(kHeader)) !=
                                *read_at<le32>(std::span<const std::byte>(in_.header), kHeader)) {
    set_broken("sent a header whose digest is wrong");
    return false;
  }
  in_.have = 0;
  in_.body = padded(segment_of(in_.header));
  set_broken(judge());
  return broken_.empty();
}

std::string WireCheck::judge() {
  const std::uint8_t code = byte(0) & 0x3f;
  if (byte(4) != 0) return "sent an additional header segment, which none of its PDUs has";
  if (segment_of(in_.header) > kMaxSegment)
    return fmt::format("sent a data segment of {} bytes, where {} were agreed", segment_of(in_.header),
                       kMaxSegment);
  if (!full_feature_) {
    // RFC 7143, 11.13: Transit to the full feature phase, with status class 0.
    full_feature_ = code == kLoginResponse && (byte(1) & 0x83) == 0x83 && byte(36) == 0;
    return {};
  }
  switch (code) {
    case kScsiResponse:
      return judge_response();
    case kDataIn:
      return judge_data_in();
    case kR2t:
      return judge_r2t();
    case kNopIn:
      if (word(16) == kNoTag && word(20) != kNoTag && ++questions_ > kMaxQuestions)
        return fmt::format("sent {} NOP-Ins, and does not wait for an answer", questions_);
      return {};
    case kAsync:
      pass_event();
      return {};
    case kTaskManagementResponse:
    case kTextResponse:
    case kLogoutResponse:
    case kReject:
      return {};  // libiscsi knows what it has asked for
    default:
      return fmt::format("sent a PDU of type {:02X}h, which is not allowed here", code);
  }
}

std::string WireCheck::judge_response() const {
  const WireTransfer* about = transfer(word(16));
  if (about == nullptr) return "answered a command that it was not given";
  // RFC 7143, 11.4.3: with any Response but 00h the Status is not valid, and the effect of the command is
  // unknown.
  if (byte(2) == 0) return {};
  return fmt::format("answered {} with the response {:02X}h{}", about->command, byte(2),
                     byte(2) == 1 ? " (target failure)" : "");
}

std::string WireCheck::judge_data_in() {
  WireTransfer* about = transfer(word(16));
  if (about == nullptr) return "sent data for a command that it was not given";
  if (about->direction != Direction::in) return fmt::format("sent data for {}", about->command);
  const std::uint32_t length = segment_of(in_.header), offset = word(40);
  if (word(36) != about->data_sn)
    return fmt::format("sent the data PDU {} of {}, where number {} was due", word(36), about->command,
                       about->data_sn);
  // A last PDU that brings only the status has no data, so its offset does not matter.
  if (length > 0 && offset != about->received)
    return fmt::format("sent byte {} of {}, where byte {} was due", offset, about->command, about->received);
  if (length > about->length - about->received)
    return fmt::format("sent more than the {} bytes that {} asked for", about->length, about->command);
  // RFC 7143, 11.7.3: status comes with the last PDU.
  if ((byte(1) & kStatusInside) != 0 && (byte(1) & kFinal) == 0)
    return fmt::format("sent the status of {} before the last of its data", about->command);
  about->received += length;
  ++about->data_sn;
  return {};
}

std::string WireCheck::judge_r2t() {
  WireTransfer* about = transfer(word(16));
  if (about == nullptr) return "asked for data of a command that it was not given";
  if (about->direction != Direction::out) return fmt::format("asked for data of {}", about->command);
  const std::uint32_t offset = word(40), length = word(44);
  if (length == 0) return fmt::format("asked for 0 bytes of {}", about->command);
  if (offset > about->length || length > about->length - offset)
    return fmt::format("asked for {} bytes of {} from byte {} on, which has {}", length, about->command,
                       offset, about->length);
  if (word(20) == kNoTag) return fmt::format("asked for data of {} without a transfer tag", about->command);
  if (word(36) != about->r2t_sn)
    return fmt::format("sent the R2T {} of {}, where number {} was due", word(36), about->command,
                       about->r2t_sn);
  // More than MaxBurstLength at once violates RFC 7143 (11.8.4), but does no harm: Linux allows it as well.
  if (about->asked_to && offset != *about->asked_to)
    return fmt::format("asked for byte {} of {}, where byte {} was due", offset, about->command,
                       *about->asked_to);
  about->asked_to = offset + length;
  ++about->r2t_sn;
  return {};
}

void WireCheck::pass_event() {
  // RFC 7143, 11.9.1: an initiator ignores unknown events of a vendor; libiscsi 1.19 gives up the session.
  constexpr std::size_t kEvent = 36;
  if (byte(kEvent) < 248) return;
  in_.header[kEvent] = in_.start[kEvent] = std::byte{0};
  if (in_.size == kHeader) return;
  const le32 digest(crc32c(std::span(in_.header).first(kHeader)));
  const auto bytes = std::as_bytes(std::span(&digest, 1));
  std::copy(bytes.begin(), bytes.end(), in_.start + kHeader);
}

void WireCheck::sent(std::span<const std::byte> bytes, std::size_t asked) noexcept {
  while (!bytes.empty()) {
    if (out_.have < kHeader) {
      if (out_.have == 0) out_.size = asked;
      const std::size_t part = std::min(kHeader - out_.have, bytes.size());
      std::copy_n(bytes.begin(), part, out_.header.begin() + static_cast<std::ptrdiff_t>(out_.have));
      out_.have += part;
      bytes = bytes.subspan(part);
      if (out_.have == kHeader) begin_sending(out_.size);
    } else {
      const auto part = static_cast<std::size_t>(std::min<std::uint64_t>(out_.body, bytes.size()));
      out_.body -= part;
      bytes = bytes.subspan(part);
    }
    if (out_.have == kHeader && out_.body == 0) end_sending();
  }
}

void WireCheck::begin_sending(std::size_t asked) {
  // The payload of Data-Out follows separately; every other PDU is sent in one piece, with digest and data.
  const bool data_out = (std::to_integer<std::uint8_t>(out_.header[0]) & 0x3f) == kDataOut;
  out_.tag = word_of(out_.header, 16);
  out_.payload = data_out ? segment_of(out_.header) : 0;
  out_.body = std::max(asked, kHeader) - kHeader + padded(out_.payload);
}

void WireCheck::end_sending() {
  const std::uint8_t code = std::to_integer<std::uint8_t>(out_.header[0]) & 0x3f;
  if (WireTransfer* about = code == kDataOut ? transfer(out_.tag) : nullptr) about->sent += out_.payload;
  // An answer to the target has the target's tag; a NOP-Out of our own does not.
  if (code == kNopOut && word_of(out_.header, 20) != kNoTag && questions_ > 0) --questions_;
  out_.have = 0;
}

}  // namespace san::iscsi
