// SPDX-License-Identifier: Apache-2.0
#include "fake_target/options.h"

#include <CLI/CLI.hpp>
#include <cstdlib>
#include <fstream>
#include <sstream>

#include "core/error.h"
#include "core/units.h"

namespace fake {
namespace {

constexpr const char* kRules = R"(
A rule is op=OP[,lba=A-B][,skip=N][,count=N][,every-login=1],action=ACTION
  OP      login nop tur inquiry readcap read write writesame unmap lbastatus sync modesense reportluns
          xcopy (lba: of the destination) copyresults
          0xNN (SCSI operation code)  any (SCSI command)
  ACTION  busy full conflict ua[:KKAAQQ] sense:KK/ASC/ASCQ nosense drop hang delay:MS ignore corrupt
          short length:N (INQUIRY) reject login:CCDD (status class and detail)
)";

[[noreturn]] void wrong(const std::string& option, const std::string& why) {
  throw san::Error(san::Exit::usage, option, why);
}

std::byte hex_byte(const std::string& option, const std::string& text) {
  char* end = nullptr;
  const unsigned long value = std::strtoul(text.c_str(), &end, 16);
  if (text.empty() || *end != '\0' || value > 0xff)
    wrong(option, "'" + text + "' is not a byte in hexadecimal");
  return static_cast<std::byte>(value);
}

Account parse_account(const std::string& option, const std::string& text) {
  const std::size_t colon = text.find(':');
  if (colon == std::string::npos) wrong(option, "expected USER:FILE");
  std::ifstream file(text.substr(colon + 1));
  Account account{text.substr(0, colon), {}};
  if (!std::getline(file, account.secret)) wrong(option, "cannot read the secret");
  return account;
}

void parse_thin(Options& options, const std::string& abilities) {
  options.lbpme = true;
  std::istringstream list(abilities.empty() ? "lbprz,lbpu,lbpws" : abilities);
  for (std::string word; std::getline(list, word, ',');) {
    if (word == "lbprz")
      options.lbprz = true;
    else if (word == "lbpu")
      options.lbpu = true;
    else if (word == "lbpws")
      options.lbpws = true;
    else
      wrong("--thin", "no ability is called '" + word + "'");
  }
}

void parse_xcopy(Options& options, const std::string& how) {
  options.xcopy = true;
  options.xcopy_quiet = how == "quiet";
  if (!how.empty() && how != "quiet") wrong("--xcopy", "no way is called '" + how + "'");
}

Buffer hex_bytes(const std::string& option, const std::string& text) {
  Buffer bytes;
  for (std::size_t i = 0; i < text.size(); i += 2) bytes.push_back(hex_byte(option, text.substr(i, 2)));
  return bytes;
}

/// "CDB=HEX", where HEX may end in "*N": N zeros more.
void parse_answer(Options& options, const std::string& text) {
  const std::size_t equals = text.find('=');
  if (equals == std::string::npos) wrong("--answer", "expected CDB=HEX");
  const std::size_t star = text.find('*', equals);
  Buffer data =
      hex_bytes("--answer", text.substr(equals + 1, star == std::string::npos ? star : star - equals - 1));
  if (star != std::string::npos)
    data.resize(data.size() + san::parse_size(text.substr(star + 1), "--answer"));
  options.answers.emplace_back(hex_bytes("--answer", text.substr(0, equals)), std::move(data));
}

void parse_key(std::map<std::string, std::string>& keys, const std::string& option, const std::string& text) {
  const std::size_t equals = text.find('=');
  if (equals == std::string::npos) wrong(option, "expected NAME=VALUE");
  keys[text.substr(0, equals)] = text.substr(equals + 1);
}

/// Options that do not depend on each other; the rest is worked out in parse_options().
void declare(CLI::App& app, Options& o) {
  const auto size = [&app](const char* name, std::uint64_t& into, const char* help) {
    app.add_option_function<std::string>(
        name, [&into, name](const std::string& text) { into = san::parse_size(text, name); }, help);
  };
  const auto text = [&app](const char* name, const char* help,
                           const std::function<void(const std::string&)>& set) {
    return app.add_option_function<std::string>(name, set, help);
  };
  app.add_option("--port", o.port, "0: any free one (the default)");
  app.add_option("--iqn", o.iqn, "name of the target");
  app.add_option("--lun", o.lun, "default 1; up to 16383");
  size("--size", o.size, "default 64M");
  app.add_option("--block-size", o.block_size, "default 512");
  app.add_option("--image", o.image, "content; else memory");
  app.add_option("--second", o.second, "content of a second LUN, numbered one higher");
  text("--xcopy", "EXTENDED COPY between the LUNs; =quiet: without COPY STATUS",
       [&o](const std::string& value) { parse_xcopy(o, value); })
      ->expected(0, 1);
  size("--xcopy-segment", o.xcopy_segment, "most bytes of a segment, default 16M");
  app.add_option("--xcopy-concurrent", o.xcopy_concurrent, "most copies at a time, as told, default 4");
  text("--fill", "hexadecimal byte, written over the content first",
       [&o](const std::string& value) { o.fill = hex_byte("--fill", value); });
  text("--thin", "thin provisioned; =lbprz,lbpu,lbpws: with these abilities (default: all three)",
       [&o](const std::string& value) { parse_thin(o, value); })
      ->expected(0, 1);
  size("--unmap-granularity", o.unmap_granularity, "as told in VPD page B0");
  size("--max-transfer", o.max_transfer, "as told in VPD page B0; longer transfers are refused");
  app.add_flag("--write-protected", o.write_protected);
  size("--claim-size", o.claimed_size, "what READ CAPACITY says");
  text("--capacity-raw", "the whole answer to READ CAPACITY(16), in hexadecimal",
       [&o](const std::string& value) { o.capacity_raw = hex_bytes("--capacity-raw", value); });
  text("--send-targets", "the whole answer to SendTargets, in hexadecimal",
       [&o](const std::string& value) { o.send_targets = hex_bytes("--send-targets", value); });
  app.add_option("--queue", o.queue, "command window, default 128");
  text("--chap", "USER:FILE; ask for CHAP, the secret is the file's first line",
       [&o](const std::string& value) { o.chap = parse_account("--chap", value); });
  text("--mutual", "USER:FILE; and answer the initiator's challenge so",
       [&o](const std::string& value) { o.mutual = parse_account("--mutual", value); });
  app.add_option("--log", o.log, "one line a request: operation, LBA, blocks, outcome");
  const auto each = [&app](const char* name, const char* help,
                           const std::function<void(const std::string&)>& add) {
    app.add_option_function<std::vector<std::string>>(
           name,
           [add](const std::vector<std::string>& values) {
             for (const std::string& value : values) add(value);
           },
           help)
        ->expected(1)
        ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  };
  each(
      "--key",
      "NAME=VALUE: InitialR2T, ImmediateData, FirstBurstLength, MaxBurstLength, MaxRecvDataSegmentLength; of "
      "HeaderDigest and DataDigest the answer, by which nothing is done",
      [&o](const std::string& value) { parse_key(o.keys, "--key", value); });
  each("--insist",
       "NAME=VALUE: an initiator that does not offer VALUE for the key is refused, with status 0200h",
       [&o](const std::string& value) { parse_key(o.insisted, "--insist", value); });
  each("--answer",
       "CDB=HEX[*N]: the whole answer, and N zeros, to commands whose CDB begins so; all in hexadecimal",
       [&o](const std::string& value) { parse_answer(o, value); });
  each("--rule", "see below", [&o](const std::string& value) { o.rules.push_back(parse_rule(value)); });
}

}  // namespace

const Buffer* Options::answer_to(std::span<const std::uint8_t> cdb) const {
  for (const auto& [begin, data] : answers)
    if (begin.size() <= cdb.size() && std::equal(begin.begin(), begin.end(), std::as_bytes(cdb).begin()))
      return &data;
  return nullptr;
}

Options parse_options(int argc, char** argv) {
  CLI::App app(
      "An iSCSI target with one LUN, or two, on 127.0.0.1 that misbehaves as told. Prints \"listening "
      "PORT\".");
  app.footer(kRules);
  Options o;
  o.keys = {{"MaxRecvDataSegmentLength", "262144"},
            {"InitialR2T", "No"},
            {"ImmediateData", "Yes"},
            {"FirstBurstLength", "262144"},
            {"MaxBurstLength", "1048576"}};
  declare(app, o);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    // NOLINTNEXTLINE(concurrency-mt-unsafe): no thread has been started
    std::exit(app.exit(error) == 0 ? 0 : static_cast<int>(san::Exit::usage));
  }
  if (o.block_size == 0 || o.size == 0 || o.size % o.block_size != 0)
    wrong("--size", "not a multiple of the block size");
  if (o.claimed_size == 0) o.claimed_size = o.size;
  return o;
}

}  // namespace fake
