// SPDX-License-Identifier: Apache-2.0
#include "fake_target/login.h"

#include <algorithm>
#include <charconv>
#include <random>

#include "core/md5.h"

namespace fake {
namespace {

/// Status class and detail, RFC 7143, 11.13.5.
enum : std::uint16_t {
  success = 0,
  initiator_error = 0x0200,
  authentication_failure = 0x0201,
  not_found = 0x0203
};

enum : std::uint8_t { security = 0, operational = 1, full_feature = 3 };

std::string to_hex(const std::string& bytes) {
  static constexpr char digits[] = "0123456789abcdef";
  std::string text = "0x";
  for (const char c : bytes) text += digits[(c >> 4) & 15], text += digits[c & 15];
  return text;
}

std::string from_hex(const std::string& text) {
  std::string bytes;
  for (std::size_t i = 2; i + 2 <= text.size(); i += 2) {
    unsigned value = 0;
    std::from_chars(text.data() + i, text.data() + i + 2, value, 16);
    bytes += static_cast<char>(value);
  }
  return bytes;
}

std::uint32_t to_number(const std::string& text) {
  std::uint32_t value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

/// RFC 1994, 4.1: the digest of identifier, secret and challenge.
std::string chap_response(const std::string& identifier, const std::string& secret,
                          const std::string& challenge) {
  return san::md5(static_cast<char>(to_number(identifier)) + secret + challenge);
}

class Login {
 public:
  explicit Login(const Options& options) : options_(options) {}

  /// The answer to the keys of one request; sets `status` where it refuses.
  Keys answer(const Keys& keys, std::uint8_t stage) {
    Keys reply;
    if (first_) identify(keys, reply);
    first_ = false;
    if (status == success && stage == security) authenticate(keys, reply);
    if (status == success && stage == operational) {
      if (!authenticated_ && !options_.chap.user.empty()) status = authentication_failure;
      for (const auto& [key, value] : keys) negotiate(key, value, reply);
    }
    return reply;
  }

  /// Whether the initiator may leave the security stage.
  bool may_go_on() const { return authenticated_ || options_.chap.user.empty(); }

  std::uint16_t status = success;
  Negotiated result;

 private:
  void identify(const Keys& keys, Keys& reply) {
    if (find_key(keys, "InitiatorName").empty()) status = initiator_error;
    result.discovery = find_key(keys, "SessionType") == "Discovery";
    if (result.discovery) return;
    if (find_key(keys, "TargetName") != options_.iqn) status = not_found;
    reply.emplace_back("TargetPortalGroupTag", "1");
  }

  void authenticate(const Keys& keys, Keys& reply) {
    const std::string methods = find_key(keys, "AuthMethod");
    if (!methods.empty()) {
      const std::string wanted = options_.chap.user.empty() ? "None" : "CHAP";
      if (methods.find(wanted) == std::string::npos) status = authentication_failure;
      reply.emplace_back("AuthMethod", wanted);
    } else if (!find_key(keys, "CHAP_A").empty()) {
      std::random_device random;
      challenge_.resize(16);
      std::generate(challenge_.begin(), challenge_.end(), [&] { return static_cast<char>(random()); });
      identifier_ = std::to_string(random() % 256);
      reply = {{"CHAP_A", "5"}, {"CHAP_I", identifier_}, {"CHAP_C", to_hex(challenge_)}};
    } else if (!find_key(keys, "CHAP_R").empty()) {
      check_response(keys, reply);
    }
  }

  void check_response(const Keys& keys, Keys& reply) {
    authenticated_ =
        find_key(keys, "CHAP_N") == options_.chap.user && !challenge_.empty() &&
        from_hex(find_key(keys, "CHAP_R")) == chap_response(identifier_, options_.chap.secret, challenge_);
    if (!authenticated_) status = authentication_failure;
    const std::string theirs = find_key(keys, "CHAP_C");
    if (theirs.empty() || !authenticated_) return;
    reply.emplace_back("CHAP_N", options_.mutual.user);
    reply.emplace_back(
        "CHAP_R", to_hex(chap_response(find_key(keys, "CHAP_I"), options_.mutual.secret, from_hex(theirs))));
  }

  /// One operational key; result functions of RFC 7143, 13.
  void negotiate(const std::string& key, const std::string& value, Keys& reply) {
    const auto insisted = options_.insisted.find(key);
    if (insisted != options_.insisted.end() &&
        ("," + value + ",").find("," + insisted->second + ",") == std::string::npos)
      status = initiator_error;
    const auto found = options_.keys.find(key);
    const std::string ours = found == options_.keys.end() ? "" : found->second;
    const std::uint32_t smaller = std::min(to_number(value), to_number(ours));
    if (key == "HeaderDigest" || key == "DataDigest") {
      reply.emplace_back(key, ours.empty() ? "None" : ours);
    } else if (key == "InitialR2T") {
      result.initial_r2t = value == "Yes" || ours == "Yes";
      reply.emplace_back(key, result.initial_r2t ? "Yes" : "No");
    } else if (key == "ImmediateData") {
      result.immediate_data = value == "Yes" && ours == "Yes";
      reply.emplace_back(key, result.immediate_data ? "Yes" : "No");
    } else if (key == "FirstBurstLength" || key == "MaxBurstLength") {
      (key == "FirstBurstLength" ? result.first_burst : result.max_burst) = smaller;
      reply.emplace_back(key, std::to_string(smaller));
    } else if (key == "MaxRecvDataSegmentLength") {
      result.initiator_segment = to_number(value);
      reply.emplace_back(key, ours);
    } else if (key == "DataPDUInOrder" || key == "DataSequenceInOrder") {
      reply.emplace_back(key, "Yes");
    } else if (key == "MaxOutstandingR2T" || key == "MaxConnections") {
      reply.emplace_back(key, "1");
    } else if (key == "DefaultTime2Wait") {
      reply.emplace_back(key, value);
    } else if (key == "DefaultTime2Retain" || key == "ErrorRecoveryLevel") {
      reply.emplace_back(key, "0");
    } else if (key == "IFMarker" || key == "OFMarker") {
      reply.emplace_back(key, "No");
    } else if (key != "InitiatorName" && key != "InitiatorAlias" && key != "SessionType" &&
               key != "TargetName" && key != "AuthMethod") {
      reply.emplace_back(key, "NotUnderstood");
    }
  }

  const Options& options_;
  bool first_ = true, authenticated_ = false;
  std::string identifier_, challenge_;
};

}  // namespace

std::optional<Negotiated> log_in(Connection& connection, const Options& options,
                                 std::optional<std::uint16_t> refusal) {
  Login login(options);
  Buffer data;
  while (true) {
    const Request request = connection.receive(data);
    if (request.code() != opcode::login) throw Closed{};
    const auto stage = static_cast<std::uint8_t>(request.flags >> 2 & 3);
    const auto next = static_cast<std::uint8_t>(request.flags & 3);
    const bool wants_transit = request.final();
    const Keys reply = login.answer(parse_keys(data), stage);
    if (refusal) login.status = *refusal;

    Response response;
    response.opcode = opcode::login_response;
    std::copy(std::begin(request.lun), std::end(request.lun), std::begin(response.lun));
    response.tag = request.tag;
    response.stat_sn = login.result.stat_sn++;
    response.exp_cmd_sn = request.cmd_sn;
    response.max_cmd_sn = request.cmd_sn + options.queue - 1;
    response.word36 = std::uint32_t{login.status} << 16;
    const bool transit = wants_transit && login.status == success && (stage != security || login.may_go_on());
    response.flags = static_cast<std::uint8_t>((transit ? kFinal | next : 0) | stage << 2);
    const bool done = transit && next == full_feature;
    if (done) response.lun[7] = 1;  // TSIH
    connection.send(response, login.status == success ? format_keys(reply) : Buffer{});
    if (login.status != success) return std::nullopt;
    login.result.cmd_sn = request.cmd_sn;
    if (done) return login.result;
  }
}

}  // namespace fake
