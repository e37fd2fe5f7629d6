// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace fake {

/// Kinds of request that a rule and the log can name. `other` is a SCSI command without a name of its own,
/// which a rule names by its operation code.
enum class Op {
  login,
  nop,
  tur,
  inquiry,
  readcap,
  read,
  write,
  writesame,
  unmap,
  lbastatus,
  sync,
  modesense,
  reportluns,
  xcopy,
  copyresults,
  other
};
const char* op_name(Op op);

/// Sense key, additional sense code and its qualifier.
struct Sense {
  std::uint8_t key = 0, asc = 0, ascq = 0;
};

/// What happens in place of the honest answer.
struct Action {
  enum class Kind {
    busy,
    full,
    conflict,  ///< a SCSI status
    sense,     ///< CHECK CONDITION with `sense`
    nosense,   ///< CHECK CONDITION without sense data
    drop,      ///< the connection is closed
    hang,      ///< no answer, ever
    delay,     ///< the honest answer, `value` milliseconds late (and all that comes behind it)
    ignore,    ///< GOOD, and nothing done; a copy is said to be complete
    corrupt,   ///< one bit of the data read, written or copied is wrong
    shorten,   ///< half of the data only, with its residual count; of a copy, its status tells
    length,    ///< the length field of an INQUIRY answer says `value`
    reject,    ///< an iSCSI Reject PDU
    login,     ///< a login is refused with status class and detail `value`
  };
  Kind kind = Kind::busy;
  Sense sense;
  std::uint32_t value = 0;
};

/// When which action happens: of the requests that fit `op` and `lba`, the first `skip` pass, the next
/// `count` are hit, the rest pass.
struct Rule {
  std::optional<Op> op;                ///< nothing: any SCSI command
  std::optional<std::uint8_t> opcode;  ///< a SCSI operation code, for `Op::other` and finer aim
  std::uint64_t skip = 0;
  std::uint64_t count = UINT64_MAX;
  std::uint64_t first_lba = 0, last_lba = UINT64_MAX;
  bool any_lba = true;
  bool every_login = false;  ///< counts begin anew in each session
  Action action;
};

/// Parses "op=write,skip=10,count=5,lba=0-99,every-login=1,action=sense:03/0C/00". Throws san::Error(usage).
Rule parse_rule(const std::string& text);

/// What a rule is matched against.
struct Subject {
  Op op = Op::other;
  std::uint8_t opcode = 0;
  std::uint64_t lba = 0, blocks = 0;
};

/// Counts how often each rule has been met, in the target as a whole or in one session.
class Counters {
 public:
  explicit Counters(std::size_t rules) : seen_(rules, 0) {}
  std::uint64_t next(std::size_t rule) { return ++seen_[rule]; }

 private:
  std::vector<std::uint64_t> seen_;
};

/// The action of the first rule that hits, if any. Counts the subject for every rule that it fits.
std::optional<Action> match(const std::vector<Rule>& rules, const Subject& subject, Counters& target,
                            Counters& session);

}  // namespace fake
