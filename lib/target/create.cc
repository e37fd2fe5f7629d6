// SPDX-License-Identifier: Apache-2.0
#include "target/create.h"

#include <fmt/core.h>
#include <unistd.h>

#include <memory>

#include "boot/profile/write_profile.h"
#include "core/error.h"
#include "core/hint_id.h"
#include "core/process/interrupt.h"
#include "core/process/log.h"
#include "core/units.h"
#include "iscsi/login/boot_secret.h"
#include "target/create_plan.h"
#include "target/pool/secret_file.h"
#include "target/resolve.h"
#include "target/undo.h"
#include "target/unfinished.h"

namespace san::target {
namespace {

/// The steps of create(); each reports what it did and adds its undo step.
class Creation {
 public:
  Creation(Driver& driver, const Pool& pool, const CreateRequest& request)
      : driver_(driver), pool_(pool), request_(request) {}

  Created run();

 private:
  void take_back_killed();
  void make_volume();
  void make_target();
  void attach();
  ChapAccount account(const std::string& user);
  void allow();
  void persist();
  void write_profile();

  template <typename... Args>
  void done(fmt::format_string<Args...> format, Args&&... args) {
    result_.report.done.push_back(fmt::format(format, std::forward<Args>(args)...));
    Interrupt::check(request_.name.c_str());
  }

  Driver& driver_;
  const Pool& pool_;
  const CreateRequest& request_;
  CreatePlan plan_;
  AccessRule access_;
  Created result_;
  std::unique_ptr<Journal> journal_;
  Undo undo_;  ///< last, so that the objects used by its steps still exist
};

Created Creation::run() {
  check_creation(request_);
  driver_.require();
  driver_.check_written(request_.target.empty() ? default_target(request_.name) : request_.target);
  take_back_killed();
  plan_ = plan_creation(driver_, pool_, request_);
  result_.target = plan_.target;
  result_.volume = plan_.volume.path;
  result_.size = plan_.size;
  result_.portals = plan_.profile.portals;
  if (!result_.portals.empty())
    result_.url =
        iscsi::to_string(iscsi::Url{plan_.profile.reach ? *plan_.profile.reach : result_.portals.front(),
                                    plan_.target, request_.lun, ""});
  if (plan_.changes()) {
    journal_ = std::make_unique<Journal>(pool_, plan_.unfinished(request_));
    undo_.when_undone([this] { journal_->close(); });
  }
  if (plan_.make_volume) make_volume();
  if (plan_.make_target) make_target();
  if (plan_.attach) attach();
  allow();
  persist();
  if (plan_.write_profile) write_profile();
  undo_.keep();
  if (journal_) journal_->close();
  return std::move(result_);
}

/// Removes the changes to the target that the same command made before it was killed: what they lack is not
/// known. Volume, secrets and profile are complete if they exist at all, and stay.
void Creation::take_back_killed() {
  const std::string target = request_.target.empty() ? default_target(request_.name) : request_.target;
  const auto work = unfinished_work(pool_, request_.name, target);
  if (!work) return;
  if (work->verb != "create" || work->name != request_.name) refuse_unfinished(pool_, work->target, "");
  if (const auto there = live_target(driver_, work->target)) {
    if (work->makes_target) {
      refuse_sessions(*there, "going on with its creation, which was cut short");
      driver_.delete_target(work->target);
    } else {
      if (work->lun) detach_if_there(driver_, work->target, *work->lun, work->volume.path);
      if (work->makes_rules) driver_.allow(work->target, {});
    }
  }
  driver_.drop_accounts(work->users);
  if (work->makes_target) driver_.persist(work->target, {});
  forget(pool_, *work);
}

void Creation::make_volume() {
  pool_.make_directory();
  pool_.create(request_.name, request_.size, request_.allocate);
  undo_.add([path = plan_.volume.path] { unlink(path.c_str()); });
  done("volume {}: {}, {}", plan_.volume.path, format_size(request_.size),
       request_.allocate ? "all of it reserved" : "sparse");
  if (const Pool::Room room = pool_.room(); room.promised > room.free)
    log::warning(
        "{}: its volumes may grow by {}, but {} are free; initiators get write errors when it is full",
        pool_.directory(), format_size(room.promised), format_size(room.free));
}

void Creation::make_target() {
  const std::string target = plan_.target;
  undo_.add([this, target] {
    delete_if_there(driver_, target);
    driver_.drop_accounts(plan_.unfinished(request_).users);
    driver_.persist(target, {});
  });
  driver_.create_target(target);
  driver_.tune(target, kTuning);
  done("target {}: tuned for bulk data", target);
}

void Creation::attach() {
  if (!plan_.make_target)
    undo_.add([this] {
      detach_if_there(driver_, plan_.target, request_.lun, plan_.volume.path);
      driver_.persist(plan_.target, access_);
    });
  driver_.attach(plan_.target, request_.lun, plan_.volume);
  done("LUN {}: {}, blocks of {} bytes, {}", request_.lun, plan_.volume.path, plan_.volume.block_size,
       plan_.volume.thin ? "takes UNMAP" : "takes no UNMAP");
}

/// Returns the account with its secret: from its file, from the target's existing account, or a new one.
ChapAccount Creation::account(const std::string& user) {
  const std::string path = secret_path(request_.access.secret_directory, user);
  const auto known = plan_.known_secrets.find(user);
  bool made = false;
  ChapAccount result = {
      user, secret_of_file(path, known == plan_.known_secrets.end() ? Secret() : known->second, made)};
  if (made) undo_.add([path] { unlink(path.c_str()); });
  if (known != plan_.known_secrets.end() && known->second != result.secret)
    throw Error(Exit::refused, path, "this is not the secret that the target has",
                Hint(HintId::allow_secret,
                     "give the target this one, or remove the file to have the target's put there"));
  if (made) done("secret of {}: {}", user, path);
  result_.secret_files.push_back(path);
  return result;
}

void Creation::allow() {
  const AccessRequest& wanted = request_.access;
  access_.initiators = wanted.initiators;
  if (!wanted.chap_user.empty()) access_.incoming.push_back(account(wanted.chap_user));
  if (!wanted.mutual_chap_user.empty()) access_.outgoing.push_back(account(wanted.mutual_chap_user));
  if (!access_.outgoing.empty() &&
      iscsi::boot_secret_fault(access_.outgoing[0].secret, access_.incoming[0].secret) ==
          iscsi::SecretFault::reflected)
    throw Error(Exit::usage, "mutual CHAP", "both directions have the same secret",
                "RFC 7143, 9.2.1 wants two; put another one into one of the files");
  if (!plan_.allow) return;
  if (!plan_.make_target)
    undo_.add([this] {
      driver_.allow(plan_.target, {});
      driver_.drop_accounts(plan_.unfinished(request_).users);
    });
  driver_.allow(plan_.target, access_);
  for (const std::string& initiator : access_.initiators)
    done("initiator {}: may log in{}{}", initiator,
         access_.incoming.empty() ? "" : fmt::format(", by CHAP as {}", access_.incoming[0].user),
         access_.outgoing.empty()
             ? ""
             : fmt::format(", to a target that authenticates as {}", access_.outgoing[0].user));
}

void Creation::persist() {
  if (driver_.persist(plan_.target, access_))
    done("written down: restored when {} is started again", driver_.name());
}

void Creation::write_profile() {
  boot::save_boot_profile(plan_.profile, request_.profile_path);
  done("profile {}", request_.profile_path);
}

}  // namespace

std::string secret_path(const std::string& directory, const std::string& user) {
  return directory.empty() ? user + ".secret" : fmt::format("{}/{}.secret", directory, user);
}

Created create(Driver& driver, const Pool& pool, const CreateRequest& request) {
  return Creation(driver, pool, request).run();
}

}  // namespace san::target
