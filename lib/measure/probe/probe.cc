// SPDX-License-Identifier: Apache-2.0
#include "measure/probe/probe.h"

#include <fmt/core.h>

#include <algorithm>

#include "core/hint_id.h"
#include "iscsi/connection/relogin_transport.h"
#include "iscsi/device/lun_device.h"
#include "iscsi/login/login.h"
#include "iscsi/lun/query_lun.h"
#include "measure/probe/prober.h"
#include "measure/probe/scratch.h"

namespace san::measure {
namespace {

// Time for all trials; a healthy target needs seconds.
constexpr std::chrono::seconds kMaxDuration{180};
// Timeout of the device for the trial of the zero policy.
constexpr std::chrono::seconds kDeviceTimeout{10};

std::string product(const iscsi::Inquiry& inquiry) {
  std::string text;
  for (const std::string& part : {inquiry.vendor, inquiry.product, inquiry.revision})
    if (!part.empty()) text += (text.empty() ? "" : " ") + printable(part);
  return text;
}

std::unique_ptr<iscsi::LunDevice> open(const iscsi::Url& url, const iscsi::Credentials& credentials) {
  iscsi::LunOptions options;
  options.sessions = 1;
  options.timing.timeout = kDeviceTimeout;
  return iscsi::open_lun(url, credentials, options);
}

void make_trials(ProbedLun& lun, const std::string& url, std::vector<FeatureFinding>& findings) {
  Prober prober(lun, probe_layout(lun.lun(), url), Prober::Clock::now() + kMaxDuration);
  probe_transfers(prober);
  probe_caching(prober);
  probe_unmap(prober);
  probe_write_same(prober);
  probe_provisioning(prober);
  probe_copy(prober);
  probe_reservation(prober);
  // Data for the trial of the zero policy.
  try {
    lun.write(prober.layout().base, prober.layout().area, lun.next_generation());
  } catch (const Inconclusive&) {
    // The trial then works on the present content; the failed write has its finding already.
  }
  findings = std::move(prober.findings());
}

/// Returns true if a command that deallocates was not answered: the trial of the zero policy would wait for
/// it as long as for a lost target.
bool deallocation_hangs(const std::vector<FeatureFinding>& findings) {
  return std::any_of(findings.begin(), findings.end(), [](const FeatureFinding& f) {
    return f.broken && (f.id == "unmap" || f.id == "write-same-16-unmap");
  });
}

}  // namespace

ProbeResult probe_lun(const iscsi::Url& url, const iscsi::Credentials& credentials,
                      const copy::Overrides& overrides, const ProbeProgress& moved) {
  ProbeResult result;
  result.url = to_string(url);
  // The session ends here, before the next login: some targets allow an initiator only one session.
  check_scratch(*open(url, credentials), overrides);

  RangeSet written;
  {
    iscsi::Login login = iscsi::make_login(url, credentials);
    login.timeout = std::chrono::seconds(8);
    iscsi::ReloginTransport transport(std::move(login));
    const iscsi::LunInfo about = iscsi::query_lun(transport, iscsi::LunDepth::device);
    result.size = about.size();
    result.block = about.block_size();
    result.thin = about.thin() == true;
    result.product = product(about.inquiry.value());
    ProbedLun lun(transport, about, moved);
    check_reservation(lun, result.url);
    make_trials(lun, result.url, result.findings);
    written = lun.written();
  }
  try {
    const auto device = open(url, credentials);
    if (deallocation_hangs(result.findings)) {
      result.no_zeros = "the command that deallocates is not answered; " +
                        Hint(HintId::write_zeros_onto, "clone onto this LUN with zeros written").text();
      result.cleaned = !write_zeros(*device, written, moved);
    } else {
      result.zeros = try_zero_policy(*device, written, moved);
      result.cleaned = !result.zeros->left;
    }
  } catch (const Error& error) {
    if (error.code() == Exit::interrupted) throw;
    result.no_zeros = error.what();
  }
  return result;
}

Exit exit_code(const ProbeResult& result) {
  const Conclusion conclusion = conclude(result.findings);
  if (conclusion == Conclusion::false_claim || (result.zeros && result.zeros->deceived)) return Exit::no;
  return conclusion == Conclusion::unanswered || !result.zeros ? Exit::failed : Exit::ok;
}

}  // namespace san::measure
