// SPDX-License-Identifier: Apache-2.0
#include "offload.h"

#include "copy/offload/offload.h"
#include "core/process/log.h"
#include "devices.h"

namespace san {
namespace {

/// Returns true if the options permit an offload.
bool may_be_offloaded(const CloneOptions& o, const std::vector<Device*>& destinations) {
  return o.offload_mode != copy::OffloadMode::never && destinations.size() == 1 && !o.used_only &&
         !o.retries && !o.copy.wipe_rest && o.map.empty() && o.rate.empty() && o.block.empty() &&
         o.copy.zero != copy::ZeroPolicy::skip;
}

}  // namespace

std::optional<copy::CopyResult> clone_by_target(const CloneOptions& o, ReadableDevice* source,
                                                const std::vector<Device*>& destinations,
                                                const copy::CopyOptions& options, Progress& progress) {
  const bool required = o.offload_mode == copy::OffloadMode::require;
  if (!may_be_offloaded(o, destinations)) return std::nullopt;
  // A filter that changes the data is a device of another type.
  auto* from = dynamic_cast<iscsi::LunDevice*>(source);
  auto* to = dynamic_cast<iscsi::LunDevice*>(destinations[0]);
  if (from == nullptr || to == nullptr) {
    if (!required) return std::nullopt;
    throw Error(Exit::failed, "--offload=require", "the target cannot change the disk while it copies it",
                "leave out what changes it");
  }
  std::unique_ptr<Device> orders;
  std::unique_ptr<iscsi::CopyManager> manager;
  try {
    if (!required)
      if (const auto objection = copy::offload_objection(*from, *to)) {
        log::info("the target is not told to copy by itself: {}", *objection);
        return std::nullopt;
      }
    CloneOptions one = o;
    one.sessions = 1;
    orders = open_for_writing(one, o.destinations[0]);
    manager = iscsi::open_copy_manager(*from, dynamic_cast<iscsi::LunDevice&>(*orders));
  } catch (const Error& error) {
    if (error.code() != Exit::failed || required) throw;
    log::info("the target does not copy by itself: {}", error.what());
    return std::nullopt;
  }
  try {
    return copy::Offload(*from, *to, *manager, options, progress).run();
  } catch (const copy::OffloadFailed& failed) {
    if (required)
      throw Error(Exit::failed, failed.object(), failed.cause(),
                  "the clone is not complete: clone with --offload=never");
    if (failed.begun())
      log::warning("{}: {}; everything is now read and written by sanclone itself", failed.object(),
                   failed.cause());
    else
      log::info("the target does not copy by itself: {}", failed.what());
    return std::nullopt;
  }
}

}  // namespace san
