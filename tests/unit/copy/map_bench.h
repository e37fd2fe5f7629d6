// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "copy/crash_device.h"
#include "copy/engine/copier.h"
#include "copy/engine/delta.h"
#include "copy/map_checks.h"

/// A source, destinations and a clone map, and one run after another with them. Before each change of a
/// destination it looks whether the map's file knows that place, which would be a lie a moment later.
struct MapBench {
  struct Run {
    san::copy::CopyResult result;
    std::optional<san::Error> thrown;
    std::vector<san::copy::DeltaDecision> decisions;

    bool good() const {
      return !thrown && std::none_of(result.destinations.begin(), result.destinations.end(),
                                     [](const auto& one) { return one.error || !one.mismatches.empty(); });
    }
    const san::copy::DestinationBytes& bytes(std::size_t i = 0) const {
      return result.destinations.at(i).bytes;
    }
  };

  MapBench(Content content_, std::size_t count, unsigned threads_ = 0)
      : content(std::move(content_)), threads(threads_) {
    for (std::size_t i = 0; i < count; ++i) disks.emplace_back(content.size() + i * 4096, std::byte{0xAA});
    options.block = 64 * san::KiB;
  }

  std::string path() const { return dir / "map"; }
  std::string name(std::size_t i) const { return "lun " + std::to_string(i); }
  std::uint64_t head() const {
    return std::min<std::uint64_t>(san::round_up(san::MiB, options.block), content.size());
  }
  san::copy::MapSubject subject() const {
    san::copy::MapSubject one{"source", "", {}, content.size(), static_cast<std::uint32_t>(options.block)};
    for (std::size_t i = 0; i < disks.size(); ++i) one.destinations.push_back(name(i));
    return one;
  }
  std::vector<san::copy::map_format::Slot> slots(std::size_t i = 0) const {
    return read_map(path()).slots[name(i)];
  }

  /// One clone. `prepare` may give a device faults.
  Run run(san::copy::DeltaMode mode = san::copy::DeltaMode::automatic,
          const std::function<void(std::size_t, CrashDevice&, san::FaultDevice&)>& prepare = {}) {
    std::vector<std::shared_ptr<CrashDevice>> devices;
    std::vector<std::shared_ptr<san::FaultDevice>> faults;
    std::vector<san::Device*> destinations;
    std::optional<std::pair<std::vector<Content>, Content>> crash;
    requests.assign(disks.size(), {});
    for (std::size_t i = 0; i < disks.size(); ++i) {
      devices.push_back(std::make_shared<CrashDevice>(name(i), disks[i], ++seed, threads));
      devices[i]->before = [this, i](const CrashDevice::Request& request) { look(i, request); };
      devices[i]->power_fails = [&, i](const Content& left) {
        std::vector<Content> all(disks.size());
        all[i] = left;
        crash.emplace(std::move(all), file_content(path()));
      };
      faults.push_back(std::make_shared<san::FaultDevice>(devices[i]));
      if (limits) devices[i]->set_limits(*limits);
      if (prepare) prepare(i, *devices[i], *faults[i]);
      destinations.push_back(faults[i].get());
    }
    const auto memory = disk_of(content);
    if (!holes.empty()) memory->set_extents(holes);
    StrictDevice source(memory, threads);
    Run one;
    one.thrown = error_of([&] {
      const auto map = san::copy::CloneMap::open(path(), subject(), false);
      san::copy::MapUse use{map.get(), {}};
      for (std::size_t i = 0; i < disks.size(); ++i) {
        const san::partition::PartitionTable table = san::partition::read_partition_table(source);
        one.decisions.push_back(decide_delta(*map, i, *destinations[i], mode, &table));
        use.decisions.push_back(one.decisions[i]);
        use.stale.push_back(one.decisions[i].stale());
      }
      san::Progress progress(nullptr);
      one.result = san::copy::Copier(&source, destinations, options, progress, use).run();
      map->seal();
    });
    for (std::size_t i = 0; i < disks.size(); ++i) {
      requests[i] = faults[i]->requests();
      disks[i] = devices[i]->content();
    }
    if (crash) {
      REQUIRE(disks.size() == 1);
      disks[0] = crash->first[0];
      dir.file("map", crash->second);
    }
    return one;
  }

  void look(std::size_t i, const CrashDevice::Request& request) {
    const auto known = slots(i);
    for (std::uint64_t n = request.offset / options.block;
         n * options.block < request.offset + request.length; ++n)
      if (n < known.size() && known[n].state != san::copy::map_format::State::unknown) ++written_though_known;
  }

  /// Blocks from byte `first` on that the map claims of a destination, and that it does not hold.
  bool honest(std::uint64_t first = 0) const {
    for (std::size_t i = 0; i < disks.size(); ++i)
      if (first_lie(slots(i), disks[i], content.size(), options.block, first / options.block) >= 0)
        return false;
    return true;
  }
  bool identical(std::size_t i = 0) const {
    return std::equal(content.begin(), content.end(), disks[i].begin());
  }
  /// The map knows everything.
  bool complete() const {
    for (std::size_t i = 0; i < disks.size(); ++i)
      if (count_of(slots(i), san::copy::map_format::State::unknown) > 0) return false;
    return true;
  }
  std::uint64_t changed(std::size_t i = 0) const {
    return static_cast<std::uint64_t>(
        std::count_if(requests[i].begin(), requests[i].end(), [](const auto& request) {
          using Op = san::FaultDevice::Op;
          return request.op == Op::write || request.op == Op::zero || request.op == Op::unmap;
        }));
  }

  TempDir dir{TempDir::Where::memory};
  Content content;
  std::vector<san::Extent> holes;  ///< of the source
  unsigned threads;
  std::uint_fast64_t seed = 0;
  std::vector<Content> disks;
  std::vector<std::vector<san::FaultDevice::Request>> requests;  ///< of the last run, to each destination
  std::optional<san::Limits> limits;                             ///< of the destinations
  san::copy::CopyOptions options;
  std::atomic<unsigned> written_though_known{0};
};
