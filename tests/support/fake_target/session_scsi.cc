// SPDX-License-Identifier: Apache-2.0
// SCSI commands and their data within a session (RFC 7143, 11.3, 11.4, 11.7, 11.8).
#include <algorithm>
#include <chrono>
#include <thread>

#include "fake_target/session.h"

namespace fake {
namespace {

using Kind = Action::Kind;

/// SAM-5, 4.7: peripheral device addressing or flat space addressing.
unsigned decode_lun(const std::uint8_t (&lun)[8]) {
  const unsigned method = lun[0] >> 6u;
  if (method == 1) return (lun[0] & 0x3fu) << 8u | lun[1];
  return lun[0] == 0 ? lun[1] : 0xffff;
}

/// Fixed format, SPC-4, 4.5.3; in front of it its length, as an iSCSI response wants it.
Buffer sense_data(const Sense& sense) {
  Buffer data(2 + 18);
  san::write_at(data, 0, san::be16(18));
  data[2] = std::byte{0x70};
  data[4] = std::byte{sense.key};
  data[9] = std::byte{10};
  data[14] = std::byte{sense.asc};
  data[15] = std::byte{sense.ascq};
  return data;
}

std::string describe(const Result& result) {
  switch (result.status) {
    case Status::good:
      return "good";
    case Status::busy:
      return "busy";
    case Status::conflict:
      return "conflict";
    case Status::full:
      return "full";
    default:
      break;
  }
  if (!result.sense) return "nosense";
  char text[16];
  std::snprintf(text, sizeof text, "%02X/%02X/%02X", result.sense->key, result.sense->asc,
                result.sense->ascq);
  return text;
}

void flip_bit(Buffer& data) {
  if (!data.empty()) data[data.size() / 2] ^= std::byte{1};
}

}  // namespace

void Session::scsi_command(const Request& request, const Buffer& data) {
  Pending& pending = pending_[request.tag];
  pending = {};
  pending.request = request;
  pending.command = decode(request.tail, target_.options().block_size);
  pending.from_initiator = (request.flags & 0x20) != 0;
  pending.lun = decode_lun(request.lun);
  pending.out = data;
  pending.burst_end = std::min(negotiated_.first_burst, pending.expected());

  const Command& c = pending.command;
  if (c.op != Op::unmap && c.op != Op::xcopy)  // whose ranges are in their data
    pending.action = target_.match({c.op, c.cdb[0], c.lba, c.blocks}, counters_);
  if (pending.does(Kind::drop)) {
    log(pending, "dropped");
    throw Closed{};
  }
  if (pending.does(Kind::hang)) log(pending, "hung");
  // Without F, unsolicited data follow. A refusal waits for them, or they would come to a task that is over.
  if (request.final() || !pending.from_initiator) advance(pending);
}

void Session::data_out(const Request& request, const Buffer& data) {
  const auto found = pending_.find(request.tag);
  if (found == pending_.end()) return;  // of a command that was aborted
  Pending& pending = found->second;
  san::be32 number, offset;
  std::memcpy(&number, request.tail + 4, sizeof number);
  std::memcpy(&offset, request.tail + 8, sizeof offset);
  if (offset != pending.received() || data.size() > pending.burst_end - pending.received() ||
      request.word20 != pending.transfer_tag || number != pending.data_sn++) {
    target_.log("protocol-error", offset, pending.received(), "Data-Out");
    throw Closed{};
  }
  pending.out.insert(pending.out.end(), data.begin(), data.end());
  if (request.final()) advance(pending);
}

void Session::ask_for_data(Pending& pending) {
  pending.burst_end =
      pending.received() + std::min(negotiated_.max_burst, pending.expected() - pending.received());
  pending.transfer_tag = next_transfer_tag_++;
  pending.data_sn = 0;
  Response response = reply_to(pending.tag(), opcode::r2t, false);
  response.transfer_tag = pending.transfer_tag;
  response.word36 = pending.r2t_sn++;
  response.word40 = pending.received();
  response.word44 = pending.burst_end - pending.received();
  connection_.send(response);
}

void Session::advance(Pending& pending) {
  if (pending.does(Kind::hang) || refuse(pending)) return;
  if (pending.from_initiator && pending.received() < pending.expected())
    ask_for_data(pending);
  else
    execute(pending);
}

bool Session::refuse(const Pending& pending) {
  if (!pending.action) return false;
  Result result;
  switch (pending.action->kind) {
    case Kind::busy:
      result.status = Status::busy;
      break;
    case Kind::full:
      result.status = Status::full;
      break;
    case Kind::conflict:
      result.status = Status::conflict;
      break;
    case Kind::nosense:
      result.status = Status::check;
      break;
    case Kind::sense:
      result = check_condition(pending.action->sense);
      break;
    case Kind::reject: {
      log(pending, "rejected");
      const Request request = pending.request;
      finish(pending);
      reject(request);
      return true;
    }
    default:
      return false;
  }
  answer(pending, result);
  return true;
}

bool Session::stopped_by_ranges(Pending& pending) {
  Command& c = pending.command;
  std::vector<Range> ranges;
  if (c.op == Op::unmap) ranges = unmap_ranges(pending.out);
  if (c.op == Op::xcopy) {
    for (const auto& segment : parse_copy_order(pending.out, target_.options()).segments)
      ranges.push_back({segment.to, segment.blocks});
    if (!ranges.empty()) c.lba = ranges[0].lba, c.blocks = ranges[0].blocks;
    if (ranges.empty()) ranges.emplace_back();
  }
  for (const Range& range : ranges)
    if (!pending.action) pending.action = target_.match({c.op, c.cdb[0], range.lba, range.blocks}, counters_);
  if (pending.does(Kind::drop)) {
    log(pending, "dropped");
    throw Closed{};
  }
  if (pending.does(Kind::hang)) log(pending, "hung");
  return pending.does(Kind::hang) || refuse(pending);
}

void Session::execute(Pending& pending) {
  Command& c = pending.command;
  if ((c.op == Op::unmap || c.op == Op::xcopy) && stopped_by_ranges(pending)) return;
  if (pending.does(Kind::delay))
    std::this_thread::sleep_for(std::chrono::milliseconds(pending.action->value));
  if (c.op == Op::xcopy) return answer(pending, copy(pending));
  if (pending.does(Kind::ignore)) return answer(pending, {});
  if (pending.does(Kind::corrupt) && c.out_length > 0) flip_bit(pending.out);
  if (pending.does(Kind::shorten) && c.out_length > 0) pending.out.resize(pending.out.size() / 2);
  if (pending.out.size() > c.out_length) pending.out.resize(c.out_length);

  const Buffer* scripted = target_.options().answer_to(c.cdb);
  Result result = scripted != nullptr       ? Result{Status::good, {}, cut(*scripted, c.allocation)}
                  : c.op == Op::copyresults ? copy_results(c)
                                            : target_.execute(c, pending.out, pending.lun);
  if (pending.does(Kind::corrupt)) flip_bit(result.in);
  if (pending.does(Kind::shorten)) result.in.resize(result.in.size() / 2);
  if (pending.does(Kind::length) && c.op == Op::inquiry && result.in.size() >= 5) {
    const bool vpd = (c.cdb[1] & 0x01) != 0;
    if (vpd) san::write_at(result.in, 2, san::be16(static_cast<std::uint16_t>(pending.action->value)));
    if (!vpd) result.in[4] = static_cast<std::byte>(pending.action->value);
  }
  answer(pending, result);
}

Result Session::copy(const Pending& pending) {
  if (!target_.options().xcopy) return illegal_request(asc::invalid_opcode);
  const CopyOrder order = parse_copy_order(pending.out, target_.options());
  CopyRecord& record = copies_[order.id] = {};
  return target_.copy(order, pending.action ? std::optional(pending.action->kind) : std::nullopt, record);
}

Result Session::copy_results(const Command& command) const {
  if (!target_.options().xcopy) return illegal_request(asc::invalid_opcode);
  const unsigned service_action = command.cdb[1] & 0x1f;
  if (service_action == 0x03)
    return {Status::good, {}, cut(operating_parameters(target_.options()), command.allocation)};
  const auto found = copies_.find(command.cdb[2]);
  if (service_action != 0x00 || target_.options().xcopy_quiet || found == copies_.end())
    return illegal_request(asc::invalid_field);
  return {Status::good, {}, cut(copy_status(found->second), command.allocation)};
}

void Session::log(const Pending& pending, const std::string& outcome) {
  const Command& c = pending.command;
  if (c.op == Op::unmap) {
    for (const Range& range : unmap_ranges(pending.out))
      target_.log("unmap", range.lba, range.blocks, outcome);
  } else if (c.op == Op::other) {
    char name[8];
    std::snprintf(name, sizeof name, "0x%02x", c.cdb[0]);
    target_.log(name, 0, 0, outcome);
  } else {
    target_.log(c.unmap_bit() ? "writesame-unmap" : op_name(c.op), c.lba, c.blocks, outcome);
  }
}

void Session::answer(const Pending& pending, const Result& result) {
  log(pending, describe(result));
  // RFC 7143, 11.4.5.2: how far what the device moves differs from what the initiator expected.
  const bool good = result.status == Status::good;
  std::uint64_t moved = 0;
  if (good) moved = pending.from_initiator ? pending.command.out_length : result.in.size();
  const bool copies = pending.command.op == Op::xcopy;
  if (pending.does(Kind::shorten) && pending.from_initiator && !copies) moved = pending.out.size();
  if (pending.does(Kind::ignore) && pending.from_initiator) moved = pending.expected();
  const std::uint64_t expected = pending.expected();
  Response residual;
  residual.flags = 0;
  if (moved > expected) residual.flags = 0x04, residual.word44 = static_cast<std::uint32_t>(moved - expected);
  if (moved < expected) residual.flags = 0x02, residual.word44 = static_cast<std::uint32_t>(expected - moved);

  // Taken out first: the answer opens the command window again.
  const std::uint32_t tag = pending.tag();
  finish(pending);
  if (good && !result.in.empty() && expected > 0)
    return send_data_in(tag, std::span(result.in).first(std::min<std::size_t>(result.in.size(), expected)),
                        residual);
  Response response = reply_to(tag, opcode::scsi_response);
  response.flags |= residual.flags;
  response.byte3 = static_cast<std::uint8_t>(result.status);
  response.word44 = residual.word44;
  connection_.send(response, result.sense ? sense_data(*result.sense) : Buffer{});
}

void Session::send_data_in(std::uint32_t tag, std::span<const std::byte> in, const Response& residual) {
  std::uint32_t number = 0, burst = 0;
  for (std::size_t offset = 0; offset < in.size();) {
    const auto length = std::min<std::size_t>(
        {in.size() - offset, negotiated_.initiator_segment, negotiated_.max_burst - std::size_t{burst}});
    const bool last = offset + length == in.size();
    Response response = reply_to(tag, opcode::data_in, last);
    response.transfer_tag = kNoTag;
    response.word36 = number++;
    response.word40 = static_cast<std::uint32_t>(offset);
    burst += static_cast<std::uint32_t>(length);
    response.flags = last || burst == negotiated_.max_burst ? kFinal : 0;
    if (burst == negotiated_.max_burst) burst = 0;
    if (last) {
      response.flags |= static_cast<std::uint8_t>(0x01 | residual.flags);  // S: the status comes along, GOOD
      response.word44 = residual.word44;
    } else {
      response.stat_sn = 0;
    }
    connection_.send(response, in.subspan(offset, length));
    offset += length;
  }
}

}  // namespace fake
