// SPDX-License-Identifier: Apache-2.0
#include "clone/destinations_in_use.h"

#include <mutex>
#include <set>

namespace san {
namespace {

struct Claims {
  std::mutex mutex;
  std::set<std::string> identities;
};

Claims& claims() {
  static Claims all;
  return all;
}

}  // namespace

DestinationsInUse::DestinationsInUse(const std::vector<Device*>& devices) {
  Claims& all = claims();
  const std::scoped_lock lock(all.mutex);
  // None is claimed before all are seen to be free.
  for (const Device* device : devices)
    if (all.identities.contains(device->identity().id))
      throw Error(Exit::refused, device->name(), "another clone of this process is being written to it",
                  "wait until it ends");
  for (const Device* device : devices)
    if (const std::string id = device->identity().id; !id.empty() && all.identities.insert(id).second)
      claimed_.push_back(id);
}

DestinationsInUse::~DestinationsInUse() {
  Claims& all = claims();
  const std::scoped_lock lock(all.mutex);
  for (const std::string& id : claimed_) all.identities.erase(id);
}

}  // namespace san
