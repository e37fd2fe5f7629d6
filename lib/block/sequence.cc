// SPDX-License-Identifier: Apache-2.0
#include "block/sequence.h"

#include <fmt/core.h>

#include "core/units.h"

namespace san {

void Sequence::add(const std::string& name, Item&& item) {
  const auto refuse = [&] {
    throw Error(Exit::failed, name,
                fmt::format("{} has been written already, and it is written only from front to back",
                            format_range(item.offset, item.length)));
  };
  if (item.offset < position_) refuse();
  const auto next = items_.lower_bound(item.offset);
  if (next != items_.end() && next->first < item.offset + item.length) refuse();
  if (next != items_.begin() && std::prev(next)->first + std::prev(next)->second.length > item.offset)
    refuse();
  items_.emplace_hint(next, item.offset, std::move(item));
}

Sequence::Item* Sequence::front() {
  return items_.empty() || items_.begin()->first != position_ ? nullptr : &items_.begin()->second;
}

std::optional<Completion> Sequence::take(std::uint64_t length) {
  auto node = items_.extract(items_.begin());
  Item& item = node.mapped();
  position_ += length;
  item.offset += length;
  item.length -= length;
  if (item.length == 0) return std::move(item.done);
  if (item.data != nullptr) item.data += length;
  node.key() = item.offset;
  items_.insert(std::move(node));
  return std::nullopt;
}

std::vector<Completion> Sequence::clear() {
  std::vector<Completion> all;
  for (auto& [offset, item] : items_) all.push_back(std::move(item.done));
  items_.clear();
  return all;
}

}  // namespace san
