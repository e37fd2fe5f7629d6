// SPDX-License-Identifier: Apache-2.0
#include "clone/by_target.h"

#include "clone/clone_devices.h"
#include "copy/offload/offload.h"
#include "copy/offload/offload_choice.h"
#include "core/hint_id.h"
#include "core/process/log.h"

namespace san {
namespace {

/// Returns true if the request permits an offload.
bool may_be_offloaded(const CloneRequest& request, const std::vector<Device*>& destinations) {
  return request.offload != CloneRequest::Offload::never && destinations.size() == 1 && !request.used_only &&
         !request.retries && !request.wipe_rest && request.map.empty() && request.rate == 0 &&
         request.block == 0 && request.zeros != CloneRequest::Zeros::skip;
}

}  // namespace

std::optional<copy::CopyResult> clone_by_target(const CloneRun& run, ReadableDevice* source,
                                                const std::vector<Device*>& destinations,
                                                const copy::CopyOptions& options, Progress& progress) {
  const bool required = run.request.offload == CloneRequest::Offload::require;
  if (!may_be_offloaded(run.request, destinations)) return std::nullopt;
  // A filter that changes the data is a device of another type.
  auto* from = dynamic_cast<iscsi::LunDevice*>(source);
  auto* to = dynamic_cast<iscsi::LunDevice*>(destinations[0]);
  if (from == nullptr || to == nullptr) {
    if (!required) return std::nullopt;
    throw Error(Exit::failed, setting("offload", "require"),
                "the target cannot change the disk while it copies it", "leave out what changes it");
  }
  std::unique_ptr<Device> orders;
  std::unique_ptr<iscsi::CopyManager> manager;
  try {
    if (!required)
      if (const auto objection = copy::offload_objection(*from, *to)) {
        log::info("the target is not told to copy by itself: {}", *objection);
        return std::nullopt;
      }
    CloneRun one = run;
    one.request.sessions = 1;
    orders = open_destination(one, run.request.destinations[0]);
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
                  Hint(HintId::never_offload, "the clone is not complete: clone without the target's help"));
    if (failed.begun())
      log::warning(
          "{}: {}; {}", failed.object(), failed.cause(),
          Hint(HintId::copied_here, "everything is now read and written by this machine itself").text());
    else
      log::info("the target does not copy by itself: {}", failed.what());
    return std::nullopt;
  }
}

}  // namespace san
