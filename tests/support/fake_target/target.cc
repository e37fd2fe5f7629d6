// SPDX-License-Identifier: Apache-2.0
#include "fake_target/target.h"

#include "core/error.h"

namespace fake {

Target::Target(Options options)
    : options_(std::move(options)),
      store_(options_.image, options_.size, options_.fill),
      disk_(options_, store_),
      counters_(options_.rules.size()) {
  if (options_.log.empty()) return;
  log_.open(options_.log, std::ios::app);
  if (!log_) throw san::Error(san::Exit::failed, options_.log, "cannot open the log");
}

std::optional<Action> Target::match(const Subject& subject, Counters& session) {
  const std::scoped_lock lock(mutex_);
  return fake::match(options_.rules, subject, counters_, session);
}

Result Target::execute(const Command& command, std::span<const std::byte> out, bool lun_exists) {
  const std::scoped_lock lock(mutex_);
  return disk_.execute(command, out, lun_exists);
}

void Target::log(const char* operation, std::uint64_t lba, std::uint64_t blocks, const std::string& outcome) {
  if (options_.log.empty()) return;
  const std::scoped_lock lock(log_mutex_);
  log_ << operation << ' ' << lba << ' ' << blocks << ' ' << outcome << std::endl;
}

}  // namespace fake
