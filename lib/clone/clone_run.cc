// SPDX-License-Identifier: Apache-2.0
#include "clone/clone_run.h"

#include "core/hint.h"
#include "core/process/log.h"

namespace san {
namespace {

copy::VerifyMode verify_mode(CloneRequest::Verify verify) {
  switch (verify) {
    case CloneRequest::Verify::none:
      return copy::VerifyMode::none;
    case CloneRequest::Verify::full:
      return copy::VerifyMode::full;
    case CloneRequest::Verify::written:
      return copy::VerifyMode::written;
    case CloneRequest::Verify::sample:
      return copy::VerifyMode::sample;
  }
  return copy::VerifyMode::full;
}

copy::ZeroPolicy zero_policy(CloneRequest::Zeros zeros) {
  switch (zeros) {
    case CloneRequest::Zeros::prove:
      return copy::ZeroPolicy::prove;
    case CloneRequest::Zeros::write:
      return copy::ZeroPolicy::write;
    case CloneRequest::Zeros::skip:
      return copy::ZeroPolicy::skip;
  }
  return copy::ZeroPolicy::prove;
}

}  // namespace

copy::CopyOptions CloneRun::copy_options() const {
  copy::CopyOptions options;
  options.zero = zero_policy(request.zeros);
  options.verify = verify_mode(request.verify);
  if (request.block != 0) options.block = request.block;
  options.rate = request.rate;
  options.keep_size = request.keep_size;
  options.wipe_rest = request.wipe_rest;
  return options;
}

copy::Overrides CloneRun::overrides() const {
  const CloneRequest::Force& force = request.force;
  return {force.live, force.in_use, force.block_size, force.unknown_content, force.cut_source};
}

boot::LoginOptions login_options(const CloneRequest::Login& login) {
  boot::LoginOptions options;
  options.initiator = login.initiator;
  options.chap_user = login.chap_user;
  options.chap_secret_file = login.chap_secret_file;
  options.profile = login.profile;
  return options;
}

void warn_of_overridden(const copy::Overridden& overridden) {
  log::warning("{}: {}; going on because of {}{}", overridden.object, overridden.cause,
               setting("force", overridden.reason),
               overridden.reason == "cut-source" ? ", with the partition table as it is" : "");
}

}  // namespace san
