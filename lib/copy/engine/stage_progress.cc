// SPDX-License-Identifier: Apache-2.0
#include "copy/engine/stage_progress.h"

#include <algorithm>
#include <optional>

namespace san::copy {
namespace {

/// Progress of the stages of several pipelines, as phases one after another.
class StageProgress {
 public:
  StageProgress(const std::vector<const DestinationPipeline*>& pipelines, Progress& progress)
      : pipelines_(pipelines), progress_(progress) {}

  void show() {
    // A stage that was over between two looks is shown all the same. A repair belongs to the verification
    // that makes it necessary.
    for (const Stage stage : {Stage::wipe, Stage::flush, Stage::verify, Stage::boot_region})
      if (stage > shown_ && stage <= hindmost() && passes(stage)) begin(stage);
    if (total_) count(std::min(*total_, done()));
  }
  void end() {
    if (total_ && std::none_of(pipelines_.begin(), pipelines_.end(),
                               [](const auto* one) { return one->destination().failed(); }))
      count(*total_);
    total_.reset();
  }

 private:
  Stage hindmost() const {
    Stage stage = Stage::complete;
    for (const DestinationPipeline* one : pipelines_)
      if (!one->ended()) stage = std::min(stage, one->stage());
    return stage;
  }

  /// Returns true if any destination has that stage.
  bool passes(Stage stage) const {
    if (stage == Stage::wipe) return sum([](const DestinationPipeline& one) { return one.to_wipe(); }) > 0;
    return std::any_of(pipelines_.begin(), pipelines_.end(), [&](const DestinationPipeline* one) {
      return stage == Stage::flush || (stage == Stage::verify && one->destination().verifier() != nullptr) ||
             (stage == Stage::boot_region && one->bootable());
    });
  }

  void begin(Stage stage) {
    end();
    shown_ = stage;
    counted_ = 0;
    backlog_ = backlog();
    if (stage == Stage::wipe)
      total_ = sum([](const DestinationPipeline& one) { return one.to_wipe(); });
    else if (stage == Stage::verify)
      total_ = backlog_;
    progress_.begin(stage == Stage::wipe     ? "wipe"
                    : stage == Stage::flush  ? "flush"
                    : stage == Stage::verify ? "verify"
                                             : "boot region",
                    total_);
  }

  std::uint64_t done() const {
    if (shown_ == Stage::wipe) return sum([](const DestinationPipeline& one) { return one.wiped(); });
    return backlog_ - std::min(backlog_, backlog());
  }
  std::uint64_t backlog() const {
    return sum([](const DestinationPipeline& one) {
      return one.destination().verifier() != nullptr ? one.destination().verifier()->backlog() : 0;
    });
  }
  template <typename Value>
  std::uint64_t sum(Value&& value) const {
    std::uint64_t all = 0;
    for (const DestinationPipeline* one : pipelines_) all += value(*one);
    return all;
  }
  void count(std::uint64_t done) {
    if (done > counted_) progress_.add(done - counted_);
    counted_ = std::max(counted_, done);
  }

  const std::vector<const DestinationPipeline*>& pipelines_;
  Progress& progress_;
  Stage shown_ = Stage::write;
  std::optional<std::uint64_t> total_;
  std::uint64_t counted_ = 0;
  std::uint64_t backlog_ = 0;  ///< bytes left to verify when that phase began
};

}  // namespace

void await_end(const std::vector<const DestinationPipeline*>& pipelines, Progress& progress,
               ChangeSignal& signal, const std::function<void()>& check) {
  StageProgress stages(pipelines, progress);
  const auto ended = [&] {
    stages.show();
    return std::all_of(pipelines.begin(), pipelines.end(), [](const auto* one) { return one->ended(); });
  };
  signal.wait_until(ended, check);
  for (const DestinationPipeline* one : pipelines) one->rethrow();
  stages.end();
}

}  // namespace san::copy
