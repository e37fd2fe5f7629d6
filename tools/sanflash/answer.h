// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <nlohmann/json.hpp>

#include "core/json.h"
#include "core/text/printable.h"
#include "device_argument.h"

namespace san {

/// A verb's result for one device.
struct Answer {
  Exit exit = Exit::ok;
  Json json;
  Printable text;
};

/// Runs `work` for the device and prints its answer. "all" runs it for every NIC: the document is then
/// {"devices": […]}, an Error becomes the answer of that NIC only, and the exit code is the first that is not
/// 0. Throws Error.
Exit answer_each(const CommonOptions& common, const DeviceArgument& argument,
                 const std::function<Answer(const DeviceArgument&)>& work);

}  // namespace san
