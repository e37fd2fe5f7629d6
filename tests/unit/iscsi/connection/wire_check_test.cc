// SPDX-License-Identifier: Apache-2.0
#include "iscsi/connection/wire_check.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <vector>

#include "core/crc32c.h"
#include "core/endian.h"

using namespace san;
using namespace san::iscsi;

namespace {

using Bytes = std::vector<std::byte>;

/// A PDU with `length` bytes of data.
struct Pdu {
  Bytes bytes;
  explicit Pdu(std::uint8_t code, std::uint32_t tag = 5, std::uint32_t length = 0)
      : bytes(48 + (length + 3) / 4 * 4) {
    bytes[0] = std::byte{code};
    bytes[1] = std::byte{0x80};
    put(4, length).put(16, tag);
  }
  Pdu& put(std::size_t at, std::uint32_t value) {
    write_at(std::span(bytes), at, be32(value));
    return *this;
  }
  Pdu& set(std::size_t at, std::uint8_t value) {
    bytes[at] = std::byte{value};
    return *this;
  }
};

Pdu data_in(std::uint32_t number, std::uint32_t offset, std::uint32_t length, std::uint8_t flags = 0x80) {
  return Pdu(0x25, 5, length).set(1, flags).put(36, number).put(40, offset);
}
Pdu r2t(std::uint32_t number, std::uint32_t offset, std::uint32_t length) {
  return Pdu(0x31).put(20, 7).put(36, number).put(40, offset).put(44, length);
}

/// A connection that is logged in, with one command under way.
struct Wire {
  WireCheck check;
  WireTransfer transfer;

  explicit Wire(Direction direction, std::uint32_t length = 4096) {
    transfer.command = "READ(16)";
    transfer.direction = direction;
    transfer.length = length;
    check.begin_turn(1000);
    REQUIRE(take(Pdu(0x23).set(1, 0x87)));
    REQUIRE(check.logged_in());
    check.expect(5, transfer);
  }
  /// As libiscsi reads: the header, then the rest; or all in pieces of `piece` bytes.
  bool take(Pdu pdu, std::size_t piece = 0) {
    std::span<std::byte> all(pdu.bytes);
    if (piece == 0)
      return check.received(all.first(48), 48) && check.received(all.subspan(48), all.size() - 48);
    for (std::size_t at = 0; at < all.size(); at += piece)
      if (!check.received(all.subspan(at, std::min(piece, all.size() - at)), at < 48 ? 48 - at : 999))
        return false;
    return true;
  }
  void send(const Pdu& pdu, std::size_t piece = 1000) {
    for (std::size_t at = 0; at < pdu.bytes.size(); at += piece)
      check.sent(std::span(pdu.bytes).subspan(at, std::min(piece, pdu.bytes.size() - at)), at == 0 ? 48 : 7);
  }
};

bool taken(Direction direction, const std::vector<Pdu>& pdus) {
  Wire wire(direction);
  for (const Pdu& pdu : pdus)
    if (!wire.take(pdu)) {
      CHECK_FALSE(wire.check.broken().empty());
      return false;
    }
  CHECK(wire.check.broken().empty());
  return true;
}

}  // namespace

TEST_CASE("Data-In comes without gaps, and no more than was asked for") {
  const auto in = Direction::in;
  CHECK(taken(in, {data_in(0, 0, 2048, 0), data_in(1, 2048, 2048, 0x81)}));
  CHECK(taken(in, {data_in(0, 0, 510, 0), data_in(1, 510, 3586, 0x81)}));
  CHECK(taken(in, {data_in(0, 0, 4096), data_in(1, 0, 0, 0x81)}));
  CHECK_FALSE(taken(in, {data_in(0, 512, 512)}));
  CHECK_FALSE(taken(in, {data_in(0, 0, 1024), data_in(1, 512, 1024)}));
  CHECK_FALSE(taken(in, {data_in(0, 0, 1024), data_in(1, 0, 1024)}));
  CHECK_FALSE(taken(in, {data_in(0, 0, 1024), data_in(0, 1024, 1024)}));
  CHECK_FALSE(taken(in, {data_in(0, 0, 4097)}));
  CHECK_FALSE(taken(in, {data_in(0, 0, 4096), data_in(1, 4096, 4)}));
  CHECK_FALSE(taken(in, {data_in(0, 0xfffffe00, 512)}));
  CHECK_FALSE(taken(in, {data_in(0, 0, 4096, 0x01)}));  // status without F
  CHECK_FALSE(taken(in, {data_in(0, 0, 512).put(16, 6)}));
  CHECK_FALSE(taken(Direction::out, {data_in(0, 0, 512)}));
  CHECK_FALSE(taken(Direction::none, {data_in(0, 0, 512)}));
}

TEST_CASE("an R2T asks for what the command has, in order") {
  const auto out = Direction::out;
  CHECK(taken(out, {r2t(0, 0, 4096)}));
  CHECK(taken(out, {r2t(0, 512, 512), r2t(1, 1024, 3072)}));  // behind unsolicited data
  CHECK_FALSE(taken(out, {r2t(0, 0, 0)}));
  CHECK_FALSE(taken(out, {r2t(0, 0, 4097)}));
  CHECK_FALSE(taken(out, {r2t(0, 0, 0x7fffffff)}));
  CHECK_FALSE(taken(out, {r2t(0, 4097, 1)}));
  CHECK_FALSE(taken(out, {r2t(0, 0xfffffe00, 0x400)}));
  CHECK_FALSE(taken(out, {r2t(0, 0, 512), r2t(1, 0, 512)}));
  CHECK_FALSE(taken(out, {r2t(0, 0, 512), r2t(1, 1024, 512)}));
  CHECK_FALSE(taken(out, {r2t(0, 0, 512), r2t(0, 512, 512)}));
  CHECK_FALSE(taken(out, {r2t(0, 0, 512).put(20, 0xffffffff)}));
  CHECK_FALSE(taken(out, {r2t(0, 0, 512).put(16, 6)}));
  CHECK_FALSE(taken(Direction::in, {r2t(0, 0, 512)}));
}

TEST_CASE("a SCSI Response is one only if its Response is 00h") {
  const auto none = Direction::none;
  CHECK(taken(none, {Pdu(0x21)}));
  CHECK(taken(none, {Pdu(0x21, 5, 20).set(3, 2)}));
  for (const int code : {1, 2, 0x80, 0xff})
    CHECK_FALSE(taken(none, {Pdu(0x21).set(2, static_cast<std::uint8_t>(code))}));
  CHECK_FALSE(taken(none, {Pdu(0x21, 6)}));
}

TEST_CASE("PDUs that have no place in a session") {
  const auto none = Direction::none;
  for (const std::uint8_t code :
       {std::uint8_t{0x3a}, std::uint8_t{0x23}, std::uint8_t{0x01}, std::uint8_t{0x05}})
    CHECK_FALSE(taken(none, {Pdu(code)}));
  for (const std::uint8_t code :
       {std::uint8_t{0x20}, std::uint8_t{0x22}, std::uint8_t{0x24}, std::uint8_t{0x26}})
    CHECK(taken(none, {Pdu(code)}));
  CHECK_FALSE(taken(none, {Pdu(0x21).set(4, 1)}));
  Wire wire(none);
  Pdu huge(0x20);
  CHECK_FALSE(wire.check.received(std::span(huge.put(4, 0xffffff).bytes), 48));
  // What is broken stays broken.
  CHECK_FALSE(wire.take(Pdu(0x20)));
}

TEST_CASE("a stream is followed in whatever pieces it comes") {
  for (const std::size_t piece : {1U, 3U, 47U, 48U, 49U, 100U}) {
    Wire wire(Direction::in);
    CHECK(wire.take(data_in(0, 0, 511), piece));
    CHECK(wire.take(data_in(1, 511, 513), piece));
    CHECK(wire.transfer.received == 1024);
    CHECK_FALSE(wire.take(data_in(2, 0, 512), piece));
  }
}

TEST_CASE("header digests") {
  Pdu pdu = data_in(0, 0, 512);
  const le32 digest(crc32c(std::span(pdu.bytes).first(48)));
  const auto* raw = reinterpret_cast<const std::byte*>(&digest);  // NOLINT
  pdu.bytes.insert(pdu.bytes.begin() + 48, raw, raw + 4);
  for (const bool wrong : {false, true}) {
    Wire wire(Direction::in);
    if (wrong) pdu.bytes[17] ^= std::byte{1};
    CHECK(wire.check.received(std::span(pdu.bytes), 52) != wrong);
  }
}

TEST_CASE("a vendor's event is made one that nobody acts on") {
  Wire wire(Direction::none);
  for (const int event : {0, 1, 4, 247, 248, 255}) {
    Pdu pdu = Pdu(0x32, 0xffffffff).set(36, static_cast<std::uint8_t>(event));
    CHECK(wire.check.received(std::span(pdu.bytes).first(20), 48));
    CHECK(wire.check.received(std::span(pdu.bytes).subspan(20), 28));
    CHECK(std::to_integer<int>(pdu.bytes[36]) == (event >= 248 ? 0 : event));
  }
}

TEST_CASE("data count as sent when all of their PDU has gone") {
  for (const std::size_t piece : {5U, 48U, 1000U}) {
    Wire wire(Direction::out);
    wire.send(Pdu(0x01));
    wire.send(Pdu(0x05, 5, 1022), piece);
    CHECK(wire.transfer.sent == 1022);
    Pdu part(0x05, 5, 512);
    wire.check.sent(std::span(part.bytes).first(500), 48);
    CHECK(wire.transfer.sent == 1022);
    wire.check.sent(std::span(part.bytes).subspan(500), 60);
    CHECK(wire.transfer.sent == 1534);
    wire.send(Pdu(0x05, 6, 512));  // of a command that has been answered
    CHECK(wire.transfer.sent == 1534);
  }
}

TEST_CASE("a target cannot keep us reading, nor answering") {
  Wire wire(Direction::none);
  wire.check.begin_turn(2);
  CHECK(wire.take(Pdu(0x20, 0xffffffff).put(20, 0xffffffff)));
  CHECK(wire.check.may_read());
  CHECK(wire.take(Pdu(0x20, 0xffffffff).put(20, 0xffffffff)));
  CHECK_FALSE(wire.check.may_read());
  const Pdu question = Pdu(0x20, 0xffffffff).put(20, 7), answer = Pdu(0x00, 0xffffffff).put(20, 7);
  for (int i = 0; i < 1000; ++i) {
    CHECK(wire.take(question));
    wire.send(answer);
  }
  int unanswered = 0;
  while (wire.take(question) && unanswered < 10000) ++unanswered;
  CHECK(unanswered == 256);
}
