// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "target/driver/driver.h"
#include "target/tgt/tgt_show.h"

namespace san::target {

/// An address that no initiator has, as the rule of a target with access by names only. tgt-admin binds "ALL"
/// to every target without an address rule, and tgt accepts an initiator that matches one rule of either
/// kind.
inline constexpr std::string_view kNoAddress = "255.255.255.255";

/// INQUIRY identity of a LUN, chosen so that no two LUNs are taken for one another, on two targets or after a
/// restart; tgt's own defaults count targets and are equal on every machine.
struct TgtIdentity {
  std::string product;  ///< at most 16 characters (SPC-5, 6.7.2)
  std::string serial;   ///< 16 hexadecimal digits
  /// Product revision, 4 characters that differ between the current file of the volume and earlier ones,
  /// which were deleted and made again or replaced by a rollback. The names by which an initiator identifies
  /// the LUN stay. tgt's own "0001" for anything but a file.
  std::string revision;
};
TgtIdentity tgt_identity(std::string_view target, std::uint16_t lun, std::string_view path);

/// Returns the target id for `target`, from which tgt derives the NAA identifiers of its LUNs. It is far from
/// the ids that tgt-admin gives out (1, 2, 3 …), and very unlikely to be equal for two names.
std::uint32_t tgt_target_id(std::string_view target);

/// Returns the conf.d file (targets.conf(5)) from which `tgt-admin --execute` restores the target: `state`
/// with the secrets of `access` and the parameters that tgt-admin supports. Throws Error(usage) for text that
/// a shell would interpret: tgt-admin puts all of it on command lines.
std::string tgt_conf_text(const TgtTarget& state, const std::map<std::string, std::string>& parameters,
                          const AccessRule& access);

/// Returns true if tgt-admin 1.0.85 restores a parameter of this name. It ignores others (MaxQueueCmd,
/// nop_interval …).
bool tgt_keeps(std::string_view parameter);

/// Returns true if a tgt configuration file has a block for `target`.
bool tgt_conf_defines(std::string_view text, std::string_view target);

/// Returns the CHAP users and secrets of a tgt configuration file of any origin.
std::map<std::string, Secret> tgt_conf_secrets(std::string_view text);

/// Returns true if tgt_conf_text() made the file.
bool tgt_conf_is_ours(std::string_view text);

/// Content of such a file: target, files and devices of its LUNs, and access rules with the secrets.
struct TgtConf {
  std::string target;
  std::vector<std::string> volumes;
  AccessRule access;
};
TgtConf parse_tgt_conf(std::string_view text);

/// Throws Error(usage) about `what` if `text` is empty, begins with - or has other characters than ASCII
/// letters, digits and . _ : @ / + - .
void check_tgt_word(std::string_view text, std::string_view what);

}  // namespace san::target
