// SPDX-License-Identifier: Apache-2.0
#include "iscsi/scsi/sense.h"

#include <fmt/core.h>

#include <algorithm>

#include "core/endian.h"

namespace san::iscsi {
namespace {

struct Meaning {
  std::uint16_t code;
  bool any_qualifier;
  const char* text;
};

// SPC-4, annex F.2. Only the codes that a block device can have; an exact code stands before the one for
// every qualifier.
constexpr Meaning kMeanings[] = {
    {0x0401, false, "the LUN is becoming ready"},
    {0x0402, false, "the LUN waits for a START UNIT command"},
    {0x0403, false, "the LUN waits for manual intervention"},
    {0x0404, false, "the LUN is being formatted"},
    {0x040A, false, "the LUN's paths are changing state (asymmetric access)"},
    {0x040B, false, "the LUN cannot be reached through this port (standby)"},
    {0x040C, false, "the LUN cannot be reached through this port (unavailable)"},
    {0x0400, true, "the LUN is not ready"},
    {0x0C00, true, "a write error"},
    {0x0D01, false, "a LUN that the target was to copy between failed"},
    {0x0D02, false, "the target does not reach a LUN that it was to copy between"},
    {0x0D03, false, "the target takes a LUN that it was to copy between for another kind of device"},
    {0x0D00, true, "the target did not copy all that it was told to"},
    {0x1100, true, "an unrecovered read error"},
    {0x1000, true, "a data integrity check failed"},
    {0x1A00, true, "the target found the parameter list's length wrong"},
    {0x2000, false, "the target does not know this command"},
    {0x2100, true, "the blocks are outside of the LUN"},
    {0x2400, true, "the target does not accept a field of this command"},
    {0x2500, false, "the target has no such LUN"},
    {0x2606, false, "the target does not take so many copy descriptors"},
    {0x2607, false, "the target does not know this way of naming a LUN to copy between"},
    {0x2608, false, "the target does not take so many copy segments"},
    {0x2609, false, "the target does not know this kind of copy segment"},
    {0x2600, true, "the target does not accept a parameter of this command"},
    {0x2707, false, "the pool behind the LUN is full"},
    {0x2700, true, "the LUN is write protected"},
    {0x2900, true, "the target or the LUN was reset"},
    {0x2A09, false, "the LUN's capacity has changed"},
    {0x2A01, false, "the LUN's mode parameters have changed"},
    {0x2A03, false, "another host has preempted the reservation"},
    {0x2A06, false, "the LUN's access state has changed"},
    {0x2A00, true, "the LUN's parameters have changed"},
    {0x2F00, true, "another host has cleared the commands"},
    {0x3A00, true, "there is no medium"},
    {0x3F0E, false, "the target's list of LUNs has changed"},
    {0x3807, false, "the pool behind the LUN is nearly full"},
    {0x4400, true, "an internal failure of the target"},
    {0x4700, true, "a parity or checksum error on the way"},
    {0x5500, true, "the target lacks resources"},
};

const char* key_text(SenseKey key) {
  switch (key) {
    case SenseKey::no_sense:
      return "no reason given";
    case SenseKey::recovered_error:
      return "a recovered error";
    case SenseKey::not_ready:
      return "not ready";
    case SenseKey::medium_error:
      return "a medium error";
    case SenseKey::hardware_error:
      return "a hardware error";
    case SenseKey::illegal_request:
      return "the target does not accept the command";
    case SenseKey::unit_attention:
      return "unit attention";
    case SenseKey::data_protect:
      return "the data are protected";
    case SenseKey::copy_aborted:
      return "the target aborted the copy";
    case SenseKey::aborted_command:
      return "the target aborted the command";
    case SenseKey::miscompare:
      return "a miscompare";
    default:
      return "an error";
  }
}

}  // namespace

Sense parse_sense(std::span<const std::byte> bytes) {
  Sense sense;
  const auto at = [&](std::size_t i) {
    return i < bytes.size() ? static_cast<std::uint8_t>(bytes[i]) : std::uint8_t{0};
  };
  const std::uint8_t format = at(0) & 0x7F;
  if ((format == 0x70 || format == 0x71) && bytes.size() > 2) {
    sense = {true, static_cast<SenseKey>(at(2) & 0x0F), 0, 0, format == 0x71};
    // A short fixed format (additional length below 6) has no codes; the bytes after it are not sense data.
    if (at(7) >= 6) {
      sense.asc = at(12);
      sense.ascq = at(13);
    }
  } else if ((format == 0x72 || format == 0x73) && bytes.size() > 3) {
    sense = {true, static_cast<SenseKey>(at(1) & 0x0F), at(2), at(3), format == 0x73};
  }
  return sense;
}

Sense parse_response_sense(std::span<const std::byte> segment) {
  const auto length = read_at<be16>(segment, 0);
  if (!length) return {};
  return parse_sense(segment.subspan(2, std::min<std::size_t>(*length, segment.size() - 2)));
}

std::string describe(const Sense& sense) {
  if (!sense.present) return "the target gave no reason (CHECK CONDITION without sense data)";
  const char* text = nullptr;
  for (const Meaning& meaning : kMeanings)
    if (text == nullptr &&
        (meaning.code == sense.code() || (meaning.any_qualifier && meaning.code >> 8 == sense.asc)))
      text = meaning.text;
  if (text == nullptr) text = key_text(sense.key);
  return fmt::format("{}{} (sense {:X}/{:02X}/{:02X})", text, sense.deferred ? " of an earlier command" : "",
                     static_cast<unsigned>(sense.key), sense.asc, sense.ascq);
}

}  // namespace san::iscsi
