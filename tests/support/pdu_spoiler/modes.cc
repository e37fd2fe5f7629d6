// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "pdu_spoiler/pdu.h"

namespace spoiler {
namespace {

constexpr std::uint8_t kNopIn = 0x20, kResponse = 0x21, kTaskManagement = 0x22, kLogin = 0x23, kText = 0x24,
                       kDataIn = 0x25, kLogout = 0x26, kR2t = 0x31, kAsync = 0x32, kReject = 0x3f;
constexpr std::uint8_t kOverflow = 0x04, kUnderflow = 0x02;
constexpr std::uint32_t kNoTag = 0xffffffff;

/// A PDU of another type with the sequence numbers of `like`.
Pdu make(const Pdu& like, std::uint8_t code, std::uint32_t tag) {
  Pdu pdu;
  pdu.bytes[0] = code;
  pdu.bytes[1] = 0x80;
  pdu.set_word(16, tag);
  pdu.set_word(20, kNoTag);
  for (const std::size_t at : {24U, 28U, 32U}) pdu.set_word(at, like.word(at));
  return pdu;
}

template <int Value>
void response(Spoil& s) {
  s.pdu.bytes[2] = Value;
}

template <int Value>
void status(Spoil& s) {
  s.pdu.bytes[3] = Value;
}

/// CHECK CONDITION with sense data that say they are `Claimed` bytes long, and are 18.
template <int Claimed>
void check(Spoil& s) {
  s.pdu.bytes[3] = 2;
  Buffer sense(20);
  sense[0] = Claimed >> 8, sense[1] = Claimed & 0xff, sense[2] = 0x70, sense[4] = 3, sense[9] = 10,
  sense[14] = 0x11;
  s.pdu.set_data(sense);
}

template <int Flag, std::uint32_t Count>
void residual(Spoil& s) {
  s.pdu.bytes[1] = static_cast<std::uint8_t>((s.pdu.bytes[1] & ~(kOverflow | kUnderflow)) | Flag);
  s.pdu.set_word(44, Count);
}

/// Adds to a field of the header.
template <int At, std::uint32_t Step>
void add(Spoil& s) {
  s.pdu.set_word(At, s.pdu.word(At) + Step);
}

template <int At, std::uint32_t Value>
void put(Spoil& s) {
  s.pdu.set_word(At, Value);
}

template <int Bits>
void clear_flags(Spoil& s) {
  s.pdu.bytes[1] &= static_cast<std::uint8_t>(~Bits);
}

void no_sense(Spoil& s) {
  s.pdu.bytes[3] = 2;
  s.pdu.set_data({});
}

void swallow(Spoil& s) {
  s.swallow = true;
}

void twice(Spoil& s) {
  s.before.push_back(s.pdu.bytes);
}

void cut_off(Spoil& s) {
  s.pdu.bytes.resize(20);
  s.close = true;
}

void cut_data(Spoil& s) {
  s.pdu.bytes.resize(48 + (s.pdu.bytes.size() - 48) / 2);
  s.close = true;
}

void close_before(Spoil& s) {
  s.swallow = s.close = true;
}

void reset_before(Spoil& s) {
  s.swallow = s.close = s.reset = true;
}

void additional_header(Spoil& s) {
  s.pdu.bytes[4] = 255;
  s.pdu.bytes.insert(s.pdu.bytes.begin() + 48, 1020, 0);
}

void long_segment(Spoil& s) {
  s.pdu.bytes[5] = s.pdu.bytes[6] = s.pdu.bytes[7] = 0xff;
}

void garbage(Spoil& s) {
  for (std::size_t i = 0; i < 48; ++i) s.pdu.bytes[i] = static_cast<std::uint8_t>(i * 73 + 41);
}

template <int Code>
void other_code(Spoil& s) {
  s.pdu.bytes[0] = Code;
}

/// Another PDU in front of it.
template <int Code>
void insert(Spoil& s) {
  s.before.push_back(make(s.pdu, Code, s.pdu.tag()).bytes);
}

/// MaxCmdSN stays behind ExpCmdSN: nothing may be sent any more.
void window_closed(Spoil& s) {
  s.pdu.set_word(32, s.pdu.word(28) - 1);
}

/// Data-In: `Bytes` less or more of them, and nothing that says so.
template <int Bytes>
void resize(Spoil& s) {
  Buffer data = s.pdu.data();
  data.resize(Bytes < 0 && data.size() < static_cast<std::size_t>(-Bytes)
                  ? 0
                  : data.size() + static_cast<std::size_t>(Bytes));
  s.pdu.set_data(data);
}

void empty(Spoil& s) {
  s.pdu.set_data({});
}

template <int At>
void flip(Spoil& s) {
  if (s.pdu.bytes.size() > At) s.pdu.bytes[At] ^= 1;
}

/// The last Data-In becomes a SCSI Response that says GOOD; its data are gone.
void data_to_good(Spoil& s) {
  s.pdu = make(s.pdu, kResponse, s.pdu.tag());
  s.pdu.set_word(20, 0);
}

/// An R2T becomes the SCSI Response to the command.
void r2t_to_good(Spoil& s) {
  data_to_good(s);
}

void data_for_write(Spoil& s) {
  s.pdu.set_word(16, s.a_write);
}

void r2t_for_read(Spoil& s) {
  Pdu pdu = make(s.pdu, kR2t, s.a_read);
  pdu.set_word(20, 7);
  pdu.set_word(44, 512);
  s.before.push_back(pdu.bytes);
}

template <int Event>
void event(Spoil& s) {
  Pdu pdu = make(s.pdu, kAsync, kNoTag);
  pdu.bytes[36] = Event;
  pdu.bytes[43] = 3;
  s.before.push_back(pdu.bytes);
  if (Event == 2 || Event == 3) s.close = s.swallow = true;
}

/// A Reject of the command in question, or of one that nobody sent.
template <bool Own>
void reject(Spoil& s) {
  Pdu pdu = make(s.pdu, kReject, kNoTag);
  pdu.bytes[2] = 0x04;
  Buffer rejected(48);
  rejected[0] = 0x01;
  for (std::size_t i = 0; i < 4; ++i) rejected[16 + i] = Own ? s.pdu.bytes[16 + i] : 0xee;
  pdu.set_data(rejected);
  s.before.push_back(pdu.bytes);
  s.swallow = Own;
}

void short_reject(Spoil& s) {
  Pdu pdu = make(s.pdu, kReject, kNoTag);
  pdu.set_data(Buffer(8));
  s.before.push_back(pdu.bytes);
}

/// NOP-Ins without an end, which ask for an answer or not.
template <bool Asks>
void nop_flood(Spoil& s) {
  Pdu pdu = make(s.pdu, kNopIn, kNoTag);
  pdu.set_word(20, Asks ? 7 : kNoTag);
  for (int i = 0; i < 500; ++i) s.after.push_back(pdu.bytes);
  s.endless = true;
}

void nop_of_nobody(Spoil& s) {
  s.before.push_back(make(s.pdu, kNopIn, 0x77777777).bytes);
}

/// A NOP-In that bears the tag of a command.
void nop_for_command(Spoil& s) {
  s.before.push_back(make(s.pdu, kNopIn, s.pdu.tag()).bytes);
}

/// Another value for the key of a Login Response, if it is there.
void set_key(Spoil& s, const std::string& key, const std::string& value) {
  const Buffer data = s.pdu.data();
  std::string text(data.begin(), data.end());
  const std::size_t at = text.find(key + "=");
  if (at == std::string::npos) {
    text += key + "=" + value + std::string(1, '\0');
  } else {
    const std::size_t from = at + key.size() + 1;
    text.replace(from, text.find('\0', from) - from, value);
  }
  s.pdu.set_data(Buffer(text.begin(), text.end()));
}

void burst_zero(Spoil& s) {
  set_key(s, "MaxBurstLength", "0");
}
void first_burst_huge(Spoil& s) {
  set_key(s, "FirstBurstLength", "4294967295");
}
void segment_zero(Spoil& s) {
  set_key(s, "MaxRecvDataSegmentLength", "0");
}
void r2ts_zero(Spoil& s) {
  set_key(s, "MaxOutstandingR2T", "0");
}

/// Sends the initiator elsewhere (RFC 7143, 11.13.5).
void redirect(Spoil& s, const std::string& address) {
  s.pdu.bytes[36] = 1;
  s.pdu.bytes[37] = 1;
  const std::string text = "TargetAddress=" + address + std::string(1, '\0');
  s.pdu.set_data(Buffer(text.begin(), text.end()));
}

void redirect_loop(Spoil& s) {
  redirect(s, s.address + ",1");
}
void redirect_empty(Spoil& s) {
  redirect(s, "");
}
void redirect_long(Spoil& s) {
  redirect(s, std::string(4000, 'x') + ":3260,1");
}

void login_refused(Spoil& s) {
  s.pdu.bytes[36] = 3;
  s.pdu.bytes[37] = 1;
}

const std::vector<Mode> kModes = {
    {"none", Kind::any, [](Spoil&) {}},
    // The SCSI Response to a WRITE.
    {"response-01", Kind::status, response<1>},
    {"response-02", Kind::status, response<2>},
    {"response-80", Kind::status, response<0x80>},
    {"status-77", Kind::status, status<0x77>},
    {"status-busy", Kind::status, status<0x08>},
    {"status-full", Kind::status, status<0x28>},
    {"status-aborted", Kind::status, status<0x40>},
    {"status-aca", Kind::status, status<0x30>},
    {"check-no-sense", Kind::status, no_sense},
    {"check-long", Kind::status, check<0xffff>},
    {"check-zero", Kind::status, check<0>},
    {"status-no-final", Kind::status, clear_flags<0x80>},
    {"status-missing", Kind::status, residual<kUnderflow, 512>},
    {"status-missing-all", Kind::status, residual<kUnderflow, 0xffffffff>},
    {"status-excess", Kind::status, residual<kOverflow, 512>},
    {"status-both", Kind::status, residual<kUnderflow | kOverflow, 512>},
    {"status-itt", Kind::status, put<16, 0x77777777>},
    {"status-drop", Kind::status, swallow},
    {"status-twice", Kind::status, twice},
    {"status-cut", Kind::status, cut_off},
    {"status-ahs", Kind::status, additional_header},
    {"status-segment", Kind::status, long_segment},
    {"status-garbage", Kind::status, garbage},
    {"status-unknown", Kind::status, other_code<0x3a>},
    {"status-statsn-on", Kind::status, add<24, 5>},
    {"status-statsn-back", Kind::status, add<24, 0xfffffffb>},
    {"status-expcmdsn-on", Kind::status, add<28, 500>},
    {"status-expcmdsn-back", Kind::status, add<28, 0xfffffe0c>},
    {"status-window-closed", Kind::status, window_closed},
    // An R2T.
    {"r2t-huge", Kind::r2t, put<44, 0x7fffffff>},
    {"r2t-beyond", Kind::r2t, put<40, 0x7fffff00>},
    {"r2t-longer", Kind::r2t, add<44, 0x100000>},
    {"r2t-wraps", Kind::r2t, put<40, 0xfffffe00>},
    {"r2t-zero", Kind::r2t, put<44, 0>},
    {"r2t-short", Kind::r2t, add<44, 0xfffffe00>},
    {"r2t-back", Kind::r2t, put<40, 0>},
    {"r2t-gap", Kind::r2t, add<40, 512>},
    {"r2t-itt", Kind::r2t, put<16, 0x77777777>},
    {"r2t-ttt", Kind::r2t, put<20, kNoTag>},
    {"r2t-number", Kind::r2t, add<36, 1>},
    {"r2t-twice", Kind::r2t, twice},
    {"r2t-drop", Kind::r2t, swallow},
    {"r2t-to-good", Kind::r2t, r2t_to_good},
    {"r2t-to-data", Kind::r2t, other_code<kDataIn>},
    // Data-In.
    {"in-short", Kind::in_data, resize<-512>},
    {"in-longer", Kind::in_data, resize<512>},
    {"in-empty", Kind::in_data, empty},
    {"in-offset", Kind::in_data, add<40, 512>},
    {"in-offset-back", Kind::in_data, add<40, 0xfffffe00>},
    {"in-offset-huge", Kind::in_data, put<40, 0x7ffffe00>},
    {"in-number", Kind::in_data, add<36, 1>},
    {"in-itt", Kind::in_data, put<16, 0x77777777>},
    {"in-drop", Kind::in_data, swallow},
    {"in-twice", Kind::in_data, twice},
    {"in-cut", Kind::in_data, cut_data},
    {"in-for-write", Kind::in_data, data_for_write},
    {"in-r2t", Kind::in_data, r2t_for_read},
    {"in-segment", Kind::in_data, long_segment},
    {"in-flip", Kind::in_data, flip<48 + 100>},
    {"in-end-no-final", Kind::in_status, clear_flags<0x80>},
    {"in-end-no-status", Kind::in_status, clear_flags<0x01>},
    {"in-end-drop", Kind::in_status, swallow},
    {"in-end-to-good", Kind::in_status, data_to_good},
    {"in-end-missing", Kind::in_status, residual<kUnderflow, 512>},
    {"in-end-missing-all", Kind::in_status, residual<kUnderflow, 0xffffffff>},
    {"in-end-excess", Kind::in_status, residual<kOverflow, 512>},
    {"in-end-check", Kind::in_status, status<0x02>},
    {"in-end-busy", Kind::in_status, status<0x08>},
    {"in-end-77", Kind::in_status, status<0x77>},
    {"in-end-twice", Kind::in_status, twice},
    // Data-Out on its way to the target. What the target makes of it does not show in the protocol.
    {"out-flip", Kind::out_data, flip<48 + 100>},
    {"out-drop", Kind::out_data, swallow},
    {"out-cut", Kind::out_data, cut_data},
    // Whatever comes, and from the first command on.
    {"event-0", Kind::any, event<0>},
    {"event-1", Kind::any, event<1>},
    {"event-2", Kind::any, event<2>},
    {"event-3", Kind::any, event<3>},
    {"event-4", Kind::any, event<4>},
    {"event-5", Kind::any, event<5>},
    {"event-250", Kind::any, event<250>},
    {"event-255", Kind::any, event<255>},
    {"reject-own", Kind::any, reject<true>},
    {"reject-other", Kind::any, reject<false>},
    {"reject-short", Kind::any, short_reject},
    {"nop-flood", Kind::any, nop_flood<false>},
    {"nop-questions", Kind::any, nop_flood<true>},
    {"nop-of-nobody", Kind::any, nop_of_nobody},
    {"nop-for-command", Kind::any, nop_for_command},
    {"insert-login", Kind::any, insert<kLogin>},
    {"insert-text", Kind::any, insert<kText>},
    {"insert-logout", Kind::any, insert<kLogout>},
    {"insert-task-management", Kind::any, insert<kTaskManagement>},
    {"any-drop", Kind::any, swallow},
    {"any-cut", Kind::any, cut_off},
    {"any-close", Kind::any, close_before},
    {"any-reset", Kind::any, reset_before},
    {"any-garbage", Kind::any, garbage},
    {"any-resets", Kind::any, reset_before, true},
    {"events-1", Kind::any, event<1>, true},
    {"events-2", Kind::any, event<2>, true},
    {"rejects-own", Kind::any, reject<true>, true},
    {"window-stuck", Kind::any, window_closed, true},
    {"responses-01", Kind::status, response<1>, true},
    {"r2ts-huge", Kind::r2t, put<44, 0x7fffffff>, true},
    {"ins-short", Kind::in_data, resize<-512>, true},
    // The login.
    {"login-garbage", Kind::login, garbage},
    {"login-segment", Kind::login, long_segment},
    {"login-ahs", Kind::login, additional_header},
    {"login-cut", Kind::login, cut_off},
    {"login-itt", Kind::login, put<16, 0x77777777>},
    {"login-no-transit", Kind::login, clear_flags<0x80>},
    {"login-refused", Kind::login, login_refused},
    {"login-burst-zero", Kind::login, burst_zero, true},
    {"login-first-burst-huge", Kind::login, first_burst_huge, true},
    {"login-segment-zero", Kind::login, segment_zero, true},
    {"login-r2ts-zero", Kind::login, r2ts_zero, true},
    {"login-redirect-loop", Kind::login, redirect_loop, true},
    {"login-redirect-empty", Kind::login, redirect_empty},
    {"login-redirect-long", Kind::login, redirect_long},
};

}  // namespace

const std::vector<Mode>& modes() {
  return kModes;
}

}  // namespace spoiler
