// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "card.h"

namespace san {

// Parts of card_sections().

Section reservation_section(const iscsi::LunCard& card);
Section path_section(const iscsi::LunCard& card);
Section command_section(const iscsi::LunCard& card);
Section session_section(const iscsi::LunCard& card);

}  // namespace san
