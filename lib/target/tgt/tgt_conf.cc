// SPDX-License-Identifier: Apache-2.0
#include "target/tgt/tgt_conf.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <sstream>

#include "core/error.h"
#include "core/text/table.h"
#include "target/pool/volume_revision.h"
#include "target/pool/volume_size.h"

namespace san::target {
namespace {

constexpr std::array<std::string_view, 12> kKept = {
    "DataDigest",
    "DefaultTime2Retain",
    "DefaultTime2Wait",
    "FirstBurstLength",
    "HeaderDigest",
    "ImmediateData",
    "InitialR2T",
    "MaxBurstLength",
    "MaxConnections",
    "MaxOutstandingR2T",
    "MaxRecvDataSegmentLength",
    "MaxXmitDataSegmentLength",
};

constexpr std::string_view kHead = "# Written by sanlun";

bool is_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         std::string_view("._:@/+-").find(c) != std::string_view::npos;
}

/// Computes FNV-1a (draft-eastlake-fnv): equal on every machine and in every version, nothing more is needed.
std::uint64_t hash(std::string_view text) {
  std::uint64_t value = 0xcbf29ce484222325;
  for (const char c : text) {
    value ^= static_cast<unsigned char>(c);
    value *= 0x100000001b3;
  }
  return value;
}

std::string lun_text(const std::string& target, const TgtLun& lun, bool file) {
  check_tgt_word(lun.path, lun.path);
  const TgtIdentity identity = tgt_identity(target, lun.lun, lun.path);
  std::string text = fmt::format("    <backing-store {}>\n        lun {}\n        block-size {}\n", lun.path,
                                 lun.lun, lun.block_size);
  // Another reader of a volume's file (a backup, say) would keep tgt-admin from making its LUN. A block
  // device that is mounted must not become one.
  if (file) text += "        allow-in-use yes\n";
  // The vendor stays tgt's own, "IET", by which initiators recognise the target software.
  text +=
      fmt::format("        product_id {}\n        product_rev {}\n        scsi_id {}\n        scsi_sn {}\n",
                  identity.product, identity.revision, identity.serial, identity.serial);
  if (lun.read_only) text += "        readonly 1\n";
  if (lun.thin) text += "        params thin_provisioning=1\n";
  return text + "    </backing-store>\n";
}

std::string account_text(std::string_view key, const ChapAccount& account) {
  check_tgt_word(account.user, fmt::format("CHAP user {}", printable(account.user)));
  check_tgt_word(account.secret, fmt::format("the secret of CHAP user {}", account.user));
  return fmt::format("    {} {} {}\n", key, account.user, account.secret);
}

}  // namespace

void check_tgt_word(std::string_view text, std::string_view what) {
  if (!text.empty() && text.front() != '-' && std::all_of(text.begin(), text.end(), is_word)) return;
  throw Error(
      Exit::usage, std::string(what),
      text.empty() ? "is empty" : "has characters that tgt's own files and programs would not leave alone",
      "use letters, digits and . _ : @ / + - only, and no - in front");
}

TgtIdentity tgt_identity(std::string_view target, std::uint16_t lun, std::string_view path) {
  std::string product(path.substr(path.rfind('/') + 1));
  if (const auto dot = product.rfind('.'); dot != std::string::npos && dot > 0) product.resize(dot);
  product.resize(std::min<std::size_t>(product.size(), 16));
  for (char& c : product)
    if (!is_word(c)) c = '-';
  const std::string revision = volume_revision(std::string(path));
  return {product.empty() ? "DISK" : product, fmt::format("{:016x}", hash(fmt::format("{}/{}", target, lun))),
          revision.empty() ? "0001" : revision};
}

std::uint32_t tgt_target_id(std::string_view target) {
  constexpr std::uint32_t kFirst = 0x01000000, kCount = 0x70000000;  // below 2^31: tgtadm takes an int
  return kFirst + static_cast<std::uint32_t>(hash(target) % kCount);
}

std::string tgt_conf_text(const TgtTarget& state, const std::map<std::string, std::string>& parameters,
                          const AccessRule& access) {
  check_tgt_word(state.name, state.name);
  std::string text = fmt::format(
      "{}, and written anew when sanlun changes this target.\n"
      "<target {}>\n    driver iscsi\n    controller_tid {}\n",
      kHead, state.name, state.tid);
  for (const TgtLun& lun : state.luns)
    if (lun.type == "disk") text += lun_text(state.name, lun, !volume_size(lun.path).block_device);
  for (const ChapAccount& account : access.incoming) text += account_text("incominguser", account);
  for (const ChapAccount& account : access.outgoing) text += account_text("outgoinguser", account);
  for (const std::string& rule : state.acl) {
    check_tgt_word(rule, fmt::format("initiator {}", printable(rule)));
    const bool name = rule.starts_with("iqn.") || rule.starts_with("eui.") || rule.starts_with("naa.");
    text += fmt::format("    {} {}\n", name ? "initiator-name" : "initiator-address", rule);
  }
  for (const auto& [key, value] : parameters) {
    if (!tgt_keeps(key)) continue;
    // "CRC32C,None": a comma does no harm.
    std::string plain = value;
    std::replace(plain.begin(), plain.end(), ',', '.');
    check_tgt_word(plain, key);
    text += fmt::format("    {} {}\n", key, value);
  }
  return text + "</target>\n";
}

bool tgt_keeps(std::string_view parameter) {
  return std::find(kKept.begin(), kKept.end(), parameter) != kKept.end();
}

bool tgt_conf_defines(std::string_view text, std::string_view target) {
  std::istringstream lines{std::string(text)};
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    std::string key, name;
    if (words >> key >> name && key == "<target" && name.substr(0, name.find('>')) == target) return true;
  }
  return false;
}

std::map<std::string, Secret> tgt_conf_secrets(std::string_view text) {
  std::map<std::string, Secret> result;
  const TgtConf conf = parse_tgt_conf(text);
  for (const auto* list : {&conf.access.incoming, &conf.access.outgoing})
    for (const ChapAccount& account : *list) result[account.user] = account.secret;
  return result;
}

bool tgt_conf_is_ours(std::string_view text) {
  return text.starts_with(kHead);
}

TgtConf parse_tgt_conf(std::string_view text) {
  TgtConf conf;
  std::istringstream lines{std::string(text)};
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    std::string key, value, secret;
    if (!(words >> key >> value)) continue;
    const std::string inner = value.substr(0, value.find('>'));
    if (key == "<target") conf.target = inner;
    if (key == "<backing-store") conf.volumes.push_back(inner);
    if (key == "initiator-name" || (key == "initiator-address" && value != kNoAddress))
      conf.access.initiators.push_back(value);
    if ((key != "incominguser" && key != "outgoinguser") || !(words >> secret)) continue;
    auto& accounts = key == "incominguser" ? conf.access.incoming : conf.access.outgoing;
    accounts.push_back({value, std::move(secret)});
  }
  return conf;
}

}  // namespace san::target
