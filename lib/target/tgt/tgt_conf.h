// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "target/driver/driver.h"
#include "target/tgt/tgt_show.h"

namespace san::target {

/// An address that no initiator has, as a rule of a target that only names may log in to. tgt-admin binds
/// "ALL" to every target without a rule for addresses, and tgt lets in whoever fits one rule of either kind.
inline constexpr std::string_view kNoAddress = "255.255.255.255";

/// What a LUN says it is, so that two LUNs never are taken for one another, on two targets or after a
/// restart; tgt's own names count targets and are the same on every machine.
struct TgtIdentity {
  std::string product;  ///< at most 16 characters (SPC-5, 6.7.2)
  std::string serial;   ///< 16 hexadecimal digits
  /// 4 characters that differ between the file that is the volume now and those that were before it: one that
  /// was deleted and made again, or exchanged by a return to a snapshot. Names by which an initiator knows
  /// the LUN stay. tgt's own "0001" for what is no file.
  std::string revision;
};
TgtIdentity tgt_identity(std::string_view target, std::uint16_t lun, std::string_view path);

/// A target id for `target`: tgt makes the NAA identifiers of LUNs of it. Far from the ids that tgt-admin
/// gives out (1, 2, 3 …), and hardly ever the same for two names.
std::uint32_t tgt_target_id(std::string_view target);

/// The file of conf.d (targets.conf(5)) that `tgt-admin --execute` makes the same target of: `state` with the
/// secrets of `access` and the parameters that tgt-admin knows.
/// Throws Error(usage) for what a shell would not leave alone: tgt-admin makes command lines of all this.
std::string tgt_conf_text(const TgtTarget& state, const std::map<std::string, std::string>& parameters,
                          const AccessRule& access);

/// Whether tgt-admin 1.0.85 brings a parameter of this name back. It passes over others (MaxQueueCmd,
/// nop_interval …).
bool tgt_keeps(std::string_view parameter);

/// Whether a file of tgt's configuration has a block for `target`.
bool tgt_conf_defines(std::string_view text, std::string_view target);

/// CHAP users and secrets of one such file, whoever wrote it.
std::map<std::string, Secret> tgt_conf_secrets(std::string_view text);

/// Whether it is a file that tgt_conf_text() made.
bool tgt_conf_is_ours(std::string_view text);

/// What such a file says: of which target, over which files and devices, and for whom, with the secrets.
struct TgtConf {
  std::string target;
  std::vector<std::string> volumes;
  AccessRule access;
};
TgtConf parse_tgt_conf(std::string_view text);

/// Throws Error(usage) about `what` where `text` has other characters than letters, digits and . _ : @ / + -
/// of ASCII.
void check_tgt_word(std::string_view text, std::string_view what);

}  // namespace san::target
