// SPDX-License-Identifier: Apache-2.0
#include "iscsi/session/session_pool.h"

#include <algorithm>

#include "core/process/log.h"
#include "iscsi/connection/connection.h"

namespace san::iscsi {

SessionPool::SessionPool(RequestQueue& queue, Reserver& reserver, unsigned sessions, unsigned depth)
    : queue_(queue), reserver_(reserver), sessions_(sessions), depth_(depth) {}

SessionPool::~SessionPool() {
  queue_.stop();
  threads_.clear();
}

unsigned SessionPool::depth() const {
  if (sessions_ == 0) return depth_ == 0 ? kInFlight : depth_ * SessionTuner::kMaxSessions;
  return sessions_ * (depth_ == 0 ? kInFlight : depth_);
}

void SessionPool::start(const Login& login, std::unique_ptr<CommandChannel> first) {
  const unsigned most = sessions_ == 0 ? SessionTuner::kMaxSessions : sessions_;
  queue_.set_wake([this] { wake(); });
  for (unsigned i = 0; i < most; ++i) {
    Login own = login;
    own.isid_qualifier = static_cast<std::uint16_t>(i);
    Session::Hooks hooks;
    if (sessions_ == 0) hooks.lost = [this] { lost(); };
    hooks.tick = [this, tunes = sessions_ == 0 && i == 0] {
      if (tunes) tune();
      if (auto sign_of_life = reserver_.beat()) queue_.push(std::move(sign_of_life));
    };
    hooks.joined = [this](CommandChannel& connection) {
      ConnectionTransport session(connection);
      reserver_.join(session);
    };
    hooks.leaving = [this](CommandChannel& connection) {
      ConnectionTransport session(connection);
      reserver_.leave(session);
    };
    all_.push_back(std::make_unique<Session>(queue_, to_string(login.portal), log_in_by(std::move(own)),
                                             std::move(first), std::move(hooks)));
  }
  tuning_ = sessions_ == 0;
  {
    const std::scoped_lock lock(mutex_);
    use(sessions_ == 0 ? tuner_.sessions() : sessions_);
  }
  threads_.reserve(all_.size());  // what is thrown from here on would wait for threads that nobody stops
  for (const auto& session : all_) threads_.push_back(std::make_unique<SessionThread>(*session));
}

void SessionPool::use(unsigned sessions) {
  if (sessions == used_) return;
  used_ = sessions;
  // The number of requests in flight does not depend on the number of sessions: else more sessions would be
  // faster for that reason alone.
  const unsigned depth = depth_ != 0 ? depth_ : sessions_ != 0 ? kInFlight : kInFlight / sessions;
  for (unsigned i = 0; i < all_.size(); ++i) all_[i]->limit(i < sessions ? depth : 0);
}

void SessionPool::wake() {
  for (const auto& session : all_)
    if (session->wake()) return;
}

void SessionPool::lost() {
  const std::scoped_lock lock(mutex_);
  tuner_.lost();
  tuning_ = false;
  use(tuner_.sessions());
}

void SessionPool::tune() {
  if (!tuning_) return;
  const std::scoped_lock lock(mutex_);
  tuner_.measured(SessionTuner::Clock::now(), queue_.transferred(), queue_.waiting());
  use(tuner_.sessions());
  if (!tuner_.settled() || !tuning_.exchange(false)) return;
  log::info("{}: {} session{} from now on", queue_.url(), used_, used_ == 1 ? "" : "s");
}

}  // namespace san::iscsi
