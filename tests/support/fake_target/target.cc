// SPDX-License-Identifier: Apache-2.0
#include "fake_target/target.h"

#include "core/error.h"

namespace fake {

Target::Target(Options options) : options_(std::move(options)), counters_(options_.rules.size()) {
  units_.emplace_back(options_, options_.image, 0);
  if (!options_.second.empty()) units_.emplace_back(options_, options_.second, 1);
  if (options_.log.empty()) return;
  log_.open(options_.log, std::ios::app);
  if (!log_) throw san::Error(san::Exit::failed, options_.log, "cannot open the log");
}

std::optional<Action> Target::match(const Subject& subject, Counters& session) {
  const std::scoped_lock lock(mutex_);
  return fake::match(options_.rules, subject, counters_, session);
}

Result Target::execute(const Command& command, std::span<const std::byte> out, unsigned lun) {
  const std::scoped_lock lock(mutex_);
  const bool exists = lun >= options_.lun && lun - options_.lun < units_.size();
  return units_[exists ? lun - options_.lun : 0].disk.execute(command, out, exists);
}

Target::Unit* Target::unit(std::uint64_t naa) {
  for (unsigned i = 0; i < units_.size(); ++i)
    if (naa == naa_of(i)) return &units_[i];
  return nullptr;
}

Result Target::copy(const CopyOrder& order, std::optional<Action::Kind> fault, CopyRecord& record) {
  if (order.wrong) return check_condition(*order.wrong);
  const std::scoped_lock lock(mutex_);
  for (const CopyOrder::Segment& segment : order.segments) {
    Unit* from = unit(order.units[segment.from_unit]);
    Unit* to = unit(order.units[segment.to_unit]);
    record.failed = true;
    if (from == nullptr || to == nullptr) return check_condition({0x0a, 0x0d, 0x02});
    if (options_.write_protected) return check_condition({0x07, 0x27, 0x00});
    for (const std::uint64_t lba : {segment.from, segment.to})
      if (lba > options_.blocks() || segment.blocks > options_.blocks() - lba)
        return check_condition({0x05, 0x21, 0x00});
    Buffer data((fault == Action::Kind::shorten ? segment.blocks / 2 : segment.blocks) * options_.block_size);
    if (fault != Action::Kind::ignore) {
      from->store.read(segment.from * options_.block_size, data);
      if (fault == Action::Kind::corrupt) data[data.size() / 2] ^= std::byte{1};
      to->store.write(segment.to * options_.block_size, data);
    }
    record.failed = false;
    record.bytes += data.size();
    ++record.segments;
  }
  return {};
}

void Target::log(const char* operation, std::uint64_t lba, std::uint64_t blocks, const std::string& outcome) {
  if (options_.log.empty()) return;
  const std::scoped_lock lock(log_mutex_);
  log_ << operation << ' ' << lba << ' ' << blocks << ' ' << outcome << std::endl;
}

}  // namespace fake
