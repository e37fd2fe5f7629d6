// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>

#include "boot/profile/login_options.h"
#include "copy/clone_checks.h"
#include "copy/copy_options.h"
#include "core/process/progress.h"
#include "sanboot/clone.h"

namespace san {

/// A request, and what belongs to this run of it.
struct CloneRun {
  CloneRequest request;
  boot::LoginOptions login;  ///< from the request, with the profiles that this run has read

  /// Use that is made of the request.
  enum class Purpose {
    clone,    ///< the destinations are written
    plan,     ///< nothing is written or frozen
    compare,  ///< nothing is written; source and destination are compared
  };
  Purpose purpose = Purpose::clone;

  /// True for a source that was cut off, which is overridden: its table is evidence, and stays as it is.
  bool keep_table = false;

  /// Makes the sink for each Progress of the run; may return null.
  std::function<std::unique_ptr<ProgressSink>()> progress_sink = [] { return nullptr; };

  /// Returns the options of a copy that the request asks for.
  copy::CopyOptions copy_options() const;
  /// Returns true if a GPT may be fitted to a larger destination.
  bool fits_table() const { return !keep_table && request.fit_gpt != CloneRequest::Fit::leave; }
  /// Returns what the request overrides.
  copy::Overrides overrides() const;
};

/// Returns the login of a request, with no profile read yet.
boot::LoginOptions login_options(const CloneRequest::Login& login);

/// Warns that the run goes on in spite of `overridden`, because the request says so.
void warn_of_overridden(const copy::Overridden& overridden);

}  // namespace san
