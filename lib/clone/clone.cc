// SPDX-License-Identifier: Apache-2.0
// The public face: sanboot/clone.h in terms of what is behind it.
#include "sanboot/clone.h"

#include <memory>
#include <utility>

#include "clone/request_checks.h"
#include "clone/run_clone.h"
#include "core/process/operation.h"
#include "core/process/write_signals.h"

namespace san {
namespace {

ErrorCode code_of(const Error& error) {
  switch (error.code()) {
    case Exit::usage:
      return ErrorCode::invalid;
    case Exit::refused:
      return ErrorCode::refused;
    case Exit::resumable:
      return ErrorCode::resumable;
    case Exit::no:
      return ErrorCode::wrong;
    case Exit::interrupted:
      return ErrorCode::stopped;
    case Exit::ok:
    case Exit::failed:
      return ErrorCode::failed;
  }
  return ErrorCode::failed;
}

CloneError to_clone_error(const Error& error) {
  return {code_of(error), error.object(), error.cause(), error.hint()};
}

template <typename Ranges>
std::vector<CloneRange> to_ranges(const Ranges& ranges) {
  std::vector<CloneRange> result;
  for (const Range& range : ranges) result.push_back({range.offset, range.length});
  return result;
}

/// Passes progress on to the caller's function.
class CallerSink final : public ProgressSink {
 public:
  explicit CallerSink(const std::function<void(const CloneProgress&)>& call) : call_(call) {}

  void show(const ProgressState& state) override {
    call_({state.phase, state.done, state.total, state.seconds, state.rate, state.eta, state.finished});
  }
  std::chrono::milliseconds interval() const override { return std::chrono::milliseconds(200); }

 private:
  const std::function<void(const CloneProgress&)>& call_;
};

CloneDestination to_destination(const copy::DestinationResult& one, const partition::TablePlan& table,
                                bool has_map) {
  CloneDestination result;
  result.name = one.name;
  if (one.error) {
    result.error = to_clone_error(*one.error);
    if (has_map && one.error->code() == Exit::failed)
      result.error =
          CloneError(ErrorCode::resumable, one.error->object(), one.error->cause(), one.error->hint());
  }
  result.mismatches = to_ranges(one.mismatches);
  result.rewritten = to_ranges(one.rewritten);
  result.written = one.bytes.written;
  result.deallocated = one.bytes.unmapped;
  result.left = one.bytes.skipped;
  result.offloaded = one.bytes.offloaded;
  result.verified = one.verified;
  result.compared = one.compared;
  result.table_edited = table.table.has_value();
  result.table_notes = table.notes;
  result.table_notes.insert(result.table_notes.end(), table.warnings.begin(), table.warnings.end());
  return result;
}

CloneReport to_report(const CloneResult& result, const CloneRequest& request) {
  CloneReport report;
  report.source = result.source;
  report.total = result.copy.total;
  report.data = result.copy.data;
  report.zeros = result.copy.zero;
  report.free = result.used_only ? result.used_only->bytes : 0;
  if (result.copy.hashed) report.hash = result.copy.hash.hex();
  report.unreadable = to_ranges(result.bad);
  if (result.bad_map_error) report.bad_map_error = to_clone_error(*result.bad_map_error);
  report.source_changed = result.source_changed;
  if (result.unsteady) report.unsteady = to_clone_error(*result.unsteady);
  report.seconds = result.copy.seconds.total;
  report.verified = request.verify != CloneRequest::Verify::none && !result.unsteady;
  for (std::size_t i = 0; i < result.copy.destinations.size(); ++i) {
    report.destinations.push_back(
        to_destination(result.copy.destinations[i], result.tables.at(i), !request.map.empty()));
    report.verified = report.verified && report.destinations.back().good();
  }
  return report;
}

/// Returns the operation of a request, which may not outlive it.
std::shared_ptr<const Operation> operation_of(const CloneRequest& request) {
  log::Sink tell;
  if (request.message)
    tell = [&request](log::Level level, std::string_view text) {
      request.message({level == log::Level::info ? CloneMessage::Level::info : CloneMessage::Level::warning,
                       std::string(text)});
    };
  return std::make_shared<const Operation>(request.stop, std::move(tell));
}

}  // namespace

CloneReport clone(const CloneRequest& request) {
  const WriteSignalsBlocked signals;
  const Operation::Scope scope(operation_of(request));
  try {
    CloneRun run{.request = request, .login = login_options(request.login)};
    if (request.progress)
      run.progress_sink = [&request] { return std::make_unique<CallerSink>(request.progress); };
    check_request(run);
    CloneResult result = run_clone(std::move(run));
    return to_report(result, request);
  } catch (const Error& error) {
    throw to_clone_error(error);
  } catch (const std::bad_alloc&) {
    throw;
  } catch (const std::exception& other) {
    // From std::filesystem, or because no thread can be started.
    throw CloneError(ErrorCode::failed, "", other.what(), "");
  }
}

}  // namespace san
