// SPDX-License-Identifier: Apache-2.0
#include "target/driver/driver.h"

namespace san::target {

// Nothing of it throws but for want of memory. NOLINTNEXTLINE(cert-err58-cpp)
const std::map<std::string, std::string> kTuning = {
    {"MaxRecvDataSegmentLength", "262144"},
    {"MaxXmitDataSegmentLength", "262144"},
    {"InitialR2T", "No"},
    {"FirstBurstLength", "262144"},
    {"MaxBurstLength", "1048576"},
    {"ImmediateData", "Yes"},
    {"MaxQueueCmd", "128"},
};

}  // namespace san::target
