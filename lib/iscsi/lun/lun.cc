// SPDX-License-Identifier: Apache-2.0
#include "iscsi/lun/lun.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>

#include "iscsi/connection/connection.h"
#include "iscsi/connection/lost_session.h"

namespace san::iscsi {
namespace {

/// Throws the error of a connection that was lost, or of a command that was never answered.
[[noreturn]] void throw_no_answer(const std::string& url, const Answer& result, std::uint8_t opcode) {
  const bool broken = !result.fault.empty();
  const auto cause = broken ? result.fault : fmt::format("{} to {}", describe(result), opcode_name(opcode));
  const char* const hint = "check the target and the network, then start again";
  if (result.status == Status::lost) throw ConnectionLost(url, cause, hint, broken);
  throw Error(Exit::failed, url, cause, hint);
}

/// Sends one command that reads into `buffer`, and returns the part of it that arrived; nothing if the
/// command failed. Throws if the connection was lost or the target did not answer: neither is a property of
/// the LUN.
std::optional<std::span<const std::byte>> fetch(Connection& connection, const std::string& url,
                                                const Cdb& cdb, std::span<std::byte> buffer,
                                                Answer* answer = nullptr) {
  std::fill(buffer.begin(), buffer.end(), std::byte{0});
  const Answer result = connection.execute(cdb, Direction::in, buffer);
  if (result.status == Status::lost || result.status == Status::silent)
    throw_no_answer(url, result, cdb.opcode());
  if (answer != nullptr) *answer = result;
  if (judge(result) != Action::done) return std::nullopt;
  return std::span<const std::byte>(buffer).first(buffer.size() -
                                                  std::min<std::size_t>(result.missing, buffer.size()));
}

[[noreturn]] void fail(const std::string& url, const Answer& answer, const char* doing) {
  if (answer.status == Status::reservation_conflict)
    throw Error(Exit::refused, url, describe(answer), "release the reservation on that host first");
  if (answer.status == Status::check_condition && answer.sense.asc == 0x25)
    throw Error(Exit::failed, url, describe(answer),
                "list the LUNs of the target, and check which this initiator may see");
  throw Error(Exit::failed, url, fmt::format("cannot {}: {}", doing, describe(answer)));
}

Capacity read_capacity(Connection& connection, const std::string& url, std::span<std::byte> buffer) {
  Answer answer;
  if (const auto bytes = fetch(connection, url, read_capacity_16(32), buffer.first(32), &answer)) {
    if (const auto capacity = parse_capacity_16(*bytes)) return *capacity;
    throw Error(Exit::failed, url, "the target gives a capacity that makes no sense");
  }
  // SBC-2 devices know only the short form.
  if (answer.status == Status::check_condition && answer.sense.key == SenseKey::illegal_request)
    if (const auto bytes = fetch(connection, url, read_capacity_10(), buffer.first(8), &answer)) {
      if (const auto capacity = parse_capacity_10(*bytes)) return *capacity;
      throw Error(Exit::failed, url, "the target gives a capacity that makes no sense");
    }
  fail(url, answer, "read the capacity");
}

}  // namespace

std::string best_name(const std::vector<Designator>& designators, const std::string& serial) {
  for (const int type : {3, 2, 1})
    for (const Designator& designator : designators)
      if (designator.association == 0 && designator.type == type && !designator.text.empty())
        return (type == 3 ? "naa." : type == 2 ? "eui." : "t10.") + designator.text;
  return serial.empty() ? std::string() : "serial " + serial;
}

std::string Lun::identity() const {
  return best_name(designators, serial);
}

std::string device_type_name(std::uint8_t type) {
  switch (type) {
    case 0x00:
      return "disk";
    case 0x01:
      return "tape";
    case 0x03:
      return "processor";
    case 0x05:
      return "CD or DVD";
    case 0x08:
      return "medium changer";
    case 0x0C:
      return "array controller";
    case 0x0D:
      return "enclosure";
    case 0x0E:
      return "simple disk";
    case 0x1E:
      return "well-known logical unit";
    case 0x1F:
      return "no device";
    default:
      return fmt::format("device of type {:02X}h", type);
  }
}

Lun inspect(Connection& connection, const std::string& url) {
  Lun lun;
  std::array<std::byte, 1024> buffer = {};

  Answer answer;
  const auto standard = fetch(connection, url, inquiry(255), std::span(buffer).first(255), &answer);
  if (!standard) fail(url, answer, "send INQUIRY");
  const auto parsed = parse_inquiry(*standard);
  if (!parsed) throw Error(Exit::failed, url, "the target's INQUIRY data are too short to make sense");
  lun.inquiry = *parsed;
  // SPC-4, 6.6.2: with qualifier 011b, or 001b without a device behind it, a target reports "no such LUN" in
  // INQUIRY.
  if (lun.inquiry.qualifier != 0 || lun.inquiry.device_type == 0x1F)
    throw Error(Exit::failed, url, "the target has no such LUN",
                "list the LUNs of the target, and check which this initiator may see");
  if (lun.inquiry.device_type != 0x00)
    throw Error(Exit::failed, url,
                fmt::format("the LUN is not a disk, but this: {}", device_type_name(lun.inquiry.device_type)),
                "list the LUNs of the target: with tgt the first disk is LUN 1");

  answer = connection.execute(test_unit_ready(), Direction::none, {}, std::chrono::seconds(30));
  if (answer.status == Status::lost) throw_no_answer(url, answer, test_unit_ready().opcode());
  if (judge(answer) != Action::done) fail(url, answer, "use the LUN");
  lun.capacity = read_capacity(connection, url, buffer);

  std::vector<std::uint8_t> pages;
  if (const auto bytes = fetch(connection, url, inquiry_vpd(0x00, 255), std::span(buffer).first(255)))
    pages = parse_supported_pages(*bytes);
  const auto page = [&](std::uint8_t number) -> std::optional<std::span<const std::byte>> {
    if (std::find(pages.begin(), pages.end(), number) == pages.end()) return std::nullopt;
    return fetch(connection, url, inquiry_vpd(number, buffer.size()), buffer);
  };
  if (const auto bytes = page(0x80)) lun.serial = parse_serial(*bytes);
  if (const auto bytes = page(0x83)) lun.designators = parse_designators(*bytes);
  if (const auto bytes = page(0xB0)) lun.limits = parse_block_limits(*bytes);
  if (const auto bytes = page(0xB2)) lun.provisioning = parse_provisioning(*bytes);

  // The caching page; targets without it may still answer "all pages" (3Fh), which Linux asks for.
  for (const std::uint8_t mode_page : {std::uint8_t{0x08}, std::uint8_t{0x3F}}) {
    if (lun.mode.write_protected) break;
    if (const auto bytes = fetch(connection, url, mode_sense_6(mode_page, 255), std::span(buffer).first(255)))
      lun.mode = parse_mode(*bytes, false);
    else if (const auto longer =
                 fetch(connection, url, mode_sense_10(mode_page, 512), std::span(buffer).first(512)))
      lun.mode = parse_mode(*longer, true);
  }
  return lun;
}

}  // namespace san::iscsi
