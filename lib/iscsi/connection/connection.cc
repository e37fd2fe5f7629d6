// SPDX-License-Identifier: Apache-2.0
#include "iscsi/connection/connection.h"

#include <fmt/core.h>
#include <iscsi/iscsi.h>
#include <iscsi/scsi-lowlevel.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <limits>
#include <thread>

#include "core/text/printable.h"
#include "iscsi/address/link_local.h"
#include "iscsi/address/resolve.h"
#include "iscsi/connection/connection_step.h"
#include "iscsi/connection/lost_session.h"
#include "iscsi/connection/service_watch.h"
#include "iscsi/login/login_error.h"

namespace san::iscsi {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

/// Returns the LUN in libiscsi 1.19's form: the two bytes for the header, with flat space addressing
/// (SAM-5, 4.7.3) for numbers that do not fit into one byte.
std::uint16_t encoded_lun(std::uint16_t lun) {
  return lun < 256 ? lun : static_cast<std::uint16_t>(0x4000 | lun);
}

/// Returns the URL or portal of a login, for messages.
std::string name_of(const Login& login) {
  if (login.target.empty()) return to_string(login.portal);
  return to_string(Url{login.portal, login.target, login.lun, {}});
}

/// Returns the portal to which the target at `from` redirects; `address` may be any text.
Portal redirected(const std::string& url, const std::string& address, const Portal& from) {
  try {
    // A portal group tag may follow.
    return with_zone_of(parse_portal(address.substr(0, address.find(','))), from);
  } catch (const Error&) {
    throw Error(
        Exit::failed, url,
        fmt::format("the target redirects the login to \"{}\", which is not an address", printable(address)));
  }
}

}  // namespace

struct Connection::InFlightCommand {
  Connection* owner = nullptr;
  Command command;
  Done done;
  scsi_task* task = nullptr;
  scsi_iovec iov = {};
  WireTransfer transfer;
  std::uint64_t number = 0;  ///< order of submission
  InFlightCommands::iterator position;

  InFlightCommand() = default;
  ~InFlightCommand() {
    if (task != nullptr) scsi_free_scsi_task(task);
  }
  InFlightCommand(const InFlightCommand&) = delete;
  InFlightCommand& operator=(const InFlightCommand&) = delete;
};

Connection::Connection(const Login& login) : lun_(encoded_lun(login.lun)), name_(name_of(login)) {
  const std::string& url = name_;
  std::string redirect;
  Portal portal = login.portal, from;
  // RFC 7143, 11.13.5: a target may redirect the login; one that does so endlessly is broken.
  for (int hops = 0; hops < 4; ++hops) {
    redirect.clear();
    const auto addresses = login.until ? resolve_until(portal, *login.until) : resolve(portal);
    for (std::size_t i = 0; i < addresses.size(); ++i) {
      try {
        open(login, addresses[i], redirect);
        if (redirect.empty()) {
          address_ = addresses[i];
          heard_ = Clock::now();
          return;
        }
        from = addresses[i];
        break;
      } catch (const LoginRefused&) {
        close();
        throw;  // the target answered: its other addresses would give the same answer
      } catch (const Error&) {
        close();
        if (i + 1 == addresses.size()) throw;
      }
    }
    close();
    portal = redirected(url, redirect, from);
  }
  throw Error(Exit::failed, url, "the target redirects the login from portal to portal endlessly");
}

Connection::~Connection() {
  close();
}

void Connection::close() {
  if (context_ != nullptr) {
    lost_ = true;
    iscsi_destroy_context(context_);  // answers everything outstanding as cancelled
    context_ = nullptr;
  }
  completed_.clear();
  // Commands submitted after the fault, which the context does not know.
  while (!in_flight_.empty()) {
    const auto lost = std::move(in_flight_.front());
    in_flight_.pop_front();
    lost->done({CommandStatus::lost, {}, 0});
  }
}

void Connection::submit(const Command& command, Done done) {
  auto in_flight = std::make_unique<InFlightCommand>();
  in_flight->owner = this;
  in_flight->command = command;
  in_flight->done = std::move(done);
  const auto& [cdb, direction, data] = command;
  auto bytes = cdb.bytes;
  in_flight->task = scsi_create_task(cdb.size, bytes.data(),
                                     direction == Direction::none ? SCSI_XFER_NONE
                                     : direction == Direction::in ? SCSI_XFER_READ
                                                                  : SCSI_XFER_WRITE,
                                     static_cast<int>(data.size()));
  if (in_flight->task == nullptr) throw std::bad_alloc();
  in_flight->iov = {data.data(), data.size()};
  in_flight->transfer.command = opcode_name(cdb.opcode());
  in_flight->transfer.direction = direction;
  in_flight->transfer.length = static_cast<std::uint32_t>(data.size());
  if (direction == Direction::in) scsi_task_set_iov_in(in_flight->task, &in_flight->iov, 1);
  if (direction == Direction::out) scsi_task_set_iov_out(in_flight->task, &in_flight->iov, 1);

  InFlightCommand* raw = in_flight.get();
  in_flight_.push_back(std::move(in_flight));
  raw->position = std::prev(in_flight_.end());
  raw->number = ++submitted_;
  if (lost_ || iscsi_scsi_command_async(context_, lun_, raw->task, on_answer, nullptr, raw) != 0)
    lost_ = true;  // the command stays in in_flight_ and is answered by close()
  else
    wire_->expect(raw->task->itt, raw->transfer);
}

void Connection::on_answer(iscsi_context*, int status, void*, void* private_data) {
  auto* in_flight = static_cast<InFlightCommand*>(private_data);
  Connection& self = *in_flight->owner;
  self.heard_ = Clock::now();
  Answer answer;
  switch (status) {
    case SCSI_STATUS_GOOD:
      answer.status = CommandStatus::good;
      break;
    case SCSI_STATUS_CHECK_CONDITION:
      answer.status = CommandStatus::check_condition;
      // libiscsi keeps the raw sense data here; its own parser ignores their length.
      if (in_flight->task->datain.data != nullptr && in_flight->task->datain.size > 0)
        answer.sense = parse_response_sense(std::as_bytes(
            std::span(in_flight->task->datain.data, static_cast<std::size_t>(in_flight->task->datain.size))));
      break;
    case SCSI_STATUS_BUSY:
      answer.status = CommandStatus::busy;
      break;
    case SCSI_STATUS_RESERVATION_CONFLICT:
      answer.status = CommandStatus::reservation_conflict;
      break;
    case SCSI_STATUS_TASK_SET_FULL:
      answer.status = CommandStatus::task_set_full;
      break;
    case SCSI_STATUS_TASK_ABORTED:
      answer.status = CommandStatus::aborted;
      break;
    case SCSI_STATUS_CANCELLED:
    case SCSI_STATUS_TIMEOUT:
      answer.status = CommandStatus::lost;
      break;
    default:
      answer.status = CommandStatus::other;
      break;
  }
  // A protocol violation: the session cannot be trusted any further; the next one can send the command again.
  if (status == SCSI_STATUS_ERROR) answer.status = CommandStatus::lost;
  const auto residual = static_cast<std::uint32_t>(
      std::min<std::size_t>(in_flight->task->residual, std::numeric_limits<std::uint32_t>::max()));
  if (in_flight->task->residual_status == SCSI_RESIDUAL_UNDERFLOW)
    answer.missing = std::min(residual, static_cast<std::uint32_t>(in_flight->command.data.size()));
  if (in_flight->task->residual_status == SCSI_RESIDUAL_OVERFLOW) answer.excess = residual;
  self.wire_->forget(in_flight->task->itt);
  self.check_answer(*in_flight, answer);
  // Nothing more may be sent: other sessions may take over the pending commands and release the buffers.
  if (answer.status == CommandStatus::lost) self.lost_ = true;
  const auto done = std::move(in_flight->done);
  if (answer.status != CommandStatus::lost) {
    self.answered_ = true;
    self.retire(in_flight->number);
  }
  self.completed_.push_back({std::move(*in_flight->position), self.submitted_ + 1});
  self.in_flight_.erase(in_flight->position);
  const ServiceWatch::Pause pause;  // the rest of the call is not libiscsi's time
  done(answer);
}

void Connection::check_answer(InFlightCommand& command, Answer& answer) {
  if (judge(answer) != Action::done) return;
  const WireTransfer& transfer = command.transfer;
  const std::uint32_t missing = transfer.length - std::min(transfer.length, transfer.moved());
  // RFC 7143, 11.4.5.1: bytes that did not cross the network are part of the residual count. For writes it
  // may be larger, since data may be on their way that the command does not need.
  const std::uint8_t opcode = command.command.cdb.opcode();
  const bool reads = opcode == 0x28 || opcode == 0x88;
  if (transfer.direction == Direction::in && !reads) {
    // Many targets send too little in answer to INQUIRY and similar commands without reporting it.
    answer.missing = missing;
  } else if (reads ? missing != answer.missing : missing > answer.missing) {
    wire_->set_broken(fmt::format("called {} of {} bytes done after {}, and said that {} were left",
                                  transfer.command, transfer.length, transfer.moved(), answer.missing));
    answer = {};
  }
}

std::string Connection::fault() const {
  if (wire_ == nullptr || wire_->broken().empty()) return {};
  return fmt::format("the target broke the iSCSI protocol: it {}", wire_->broken());
}

void Connection::retire(std::uint64_t answered) {
  // A target may answer a write before it took all of its data: the Data-Out PDUs still queued point at the
  // task, and libiscsi 1.19 does not remove them. But it sends in the order of CmdSN, so they are gone when a
  // later command has been sent, at the latest when that is answered.
  while (!completed_.empty() && completed_.front().followed_by <= answered) completed_.pop_front();
}

bool Connection::sending() const {
  return context_ != nullptr &&
         ((iscsi_which_events(context_) & POLLOUT) != 0 || iscsi_out_queue_length(context_) > 0);
}

bool Connection::window_closed() const {
  return context_ != nullptr && (iscsi_which_events(context_) & POLLOUT) == 0 &&
         iscsi_out_queue_length(context_) > 0;
}

bool Connection::run(milliseconds timeout, int wake_fd) {
  if (lost_) return false;
  pollfd fds[2] = {{iscsi_get_fd(context_), static_cast<short>(iscsi_which_events(context_)), 0},
                   {wake_fd, POLLIN, 0}};
  const int count = poll(fds, wake_fd >= 0 ? 2 : 1, static_cast<int>(timeout.count()));
  if (wake_fd >= 0 && (fds[1].revents & POLLIN) != 0) {
    std::uint64_t ignored = 0;
    static_cast<void>(::read(wake_fd, &ignored, sizeof(ignored)) == 0);
  }
  const int events = count > 0 ? fds[0].revents : 0;
  if ((events & POLLIN) != 0) heard_ = Clock::now();
  // Without auto-reconnect libiscsi 1.19 reports a lost connection by cancelling every command and returning
  // 0 once. It logs out on its own if the target asks for it, and is silent from then on.
  if (events != 0 && (!service(context_, *wire_, name_, events) || iscsi_is_logged_in(context_) == 0))
    lost_ = true;
  return !lost_;
}

void Connection::ping() {
  if (pinging_ || lost_) return;
  const auto answered = [](iscsi_context*, int, void*, void* self) {
    static_cast<Connection*>(self)->pinging_ = false;
    static_cast<Connection*>(self)->heard_ = Clock::now();
  };
  pinging_ = iscsi_nop_out_async(context_, answered, nullptr, 0, this) == 0;
}

Answer Connection::execute(const Command& command, milliseconds timeout) {
  const auto deadline = Clock::now() + timeout;
  Answer answer;
  for (unsigned attempt = 1;; ++attempt) {
    // Shared with the completion, which may come after this call has given up.
    auto result = std::make_shared<std::pair<bool, Answer>>(false, Answer{});
    submit(command, [result](const Answer& a) { *result = {true, a}; });
    bool alive = true;
    while (alive && !result->first && Clock::now() < deadline) alive = run(milliseconds(200));
    // The target may still write into `data`: a connection with an abandoned command is not used again.
    const bool silent = alive && !result->first;
    if (!result->first) close();
    answer = result->second;
    if (silent) answer.status = CommandStatus::silent;
    if (answer.status == CommandStatus::lost) answer.fault = fault();
    // If the time ends before the next attempt, the result is the last answer, not `silent`.
    const auto delay = retry_delay(answer, attempt);
    if (answer.status == CommandStatus::lost || judge(answer) != Action::retry ||
        Clock::now() + delay >= deadline)
      return answer;
    std::this_thread::sleep_for(delay);
  }
}

std::vector<std::pair<std::string, std::vector<std::string>>> Connection::send_targets(milliseconds timeout) {
  struct Listing : Step {
    std::vector<std::pair<std::string, std::vector<std::string>>> targets;
    static void on_list(iscsi_context* context, int status, void* data, void* listing) {
      auto* self = static_cast<Listing*>(listing);
      on_done(context, status, data, static_cast<Step*>(self));
      if (status != SCSI_STATUS_GOOD) return;
      for (auto* one = static_cast<const iscsi_discovery_address*>(data); one != nullptr; one = one->next) {
        std::vector<std::string> portals;
        for (const auto* portal = one->portals; portal != nullptr; portal = portal->next)
          if (portal->portal != nullptr) portals.emplace_back(portal->portal);
        // libiscsi prepends each entry to the list.
        std::reverse(portals.begin(), portals.end());
        self->targets.emplace_back(one->target_name != nullptr ? one->target_name : "", std::move(portals));
      }
      std::reverse(self->targets.begin(), self->targets.end());
    }
  } listing;
  const auto deadline = Clock::now() + timeout;
  const bool sent = !lost_ && iscsi_discovery_async(context_, Listing::on_list, &listing) == 0;
  const bool answered = sent && wait_for(context_, *wire_, name_, listing, deadline, {});
  const bool silent = sent && !answered && Clock::now() >= deadline;
  const std::string text = listing.error;
  if (!answered || listing.status != SCSI_STATUS_GOOD) close();  // while `listing` lives
  if (silent)
    throw Error(Exit::failed, name_,
                fmt::format("the portal does not answer SendTargets within {:.1f} s",
                            static_cast<double>(timeout.count()) / 1000),
                "check that an iSCSI target listens there");
  const bool rejected = text.starts_with("Request was rejected");  // text of libiscsi 1.19
  if (!answered || listing.status == SCSI_STATUS_CANCELLED || rejected)
    throw ConnectionLost(name_,
                         rejected ? "SendTargets: " + printable(text)
                                  : "the connection was lost before SendTargets was answered",
                         "check that an iSCSI target listens there, and its log");
  if (listing.status != SCSI_STATUS_GOOD)
    throw Error(Exit::failed, name_,
                fmt::format("the answer to SendTargets makes no sense: {}", printable(text)),
                "look at the target's configuration and log");
  return std::move(listing.targets);
}

void Connection::logout() {
  if (lost_ || !in_flight_.empty()) return;
  Step step;
  if (iscsi_logout_async(context_, Step::on_done, &step) == 0)
    wait_for(context_, *wire_, name_, step, Clock::now() + std::chrono::seconds(1), {});
  close();
}

LogIn log_in_by(Login login) {
  return [login = std::move(login)](const std::function<bool()>& keep_going) mutable {
    login.keep_going = keep_going;
    return std::make_unique<Connection>(login);
  };
}

}  // namespace san::iscsi
