// SPDX-License-Identifier: Apache-2.0
#include "target/advice/lun_advice.h"

#include <fmt/core.h>

#include <charconv>

#include "core/units.h"
#include "target/registry/target_registry.h"

namespace san::target {
namespace {

/// The severities of advice, by the words that users see.
struct Level {
  static constexpr Severity danger = Severity::error;
  static constexpr Severity slow = Severity::warning;
  static constexpr Severity note = Severity::info;
};

/// Returns the session parameters that suit bulk data (RFC 7143, 13), as "NAME=VALUE".
const std::vector<std::string>& good_parameters() {
  static const std::vector<std::string> parameters{"MaxRecvDataSegmentLength=262144",
                                                   "MaxXmitDataSegmentLength=262144",
                                                   "InitialR2T=No",
                                                   "ImmediateData=Yes",
                                                   "FirstBurstLength=262144",
                                                   "MaxBurstLength=1048576"};
  return parameters;
}

std::vector<std::string> parameter_lines(const FixedLun& lun, const std::vector<std::string>& parameters) {
  if (lun.software == nullptr || lun.software->parameter_lines == nullptr) return {};
  return lun.software->parameter_lines(lun, parameters);
}

/// Input and output of the judge_ functions.
struct Adviser {
  const iscsi::LunReport& report;
  FixedLun target_lun;
  Diagnostics advice;

  /// Adds an advice; `where` says where and when the commands are to be run.
  void add(Severity severity, const char* id, std::string text, std::vector<std::string> commands = {},
           std::string where = "on the target") {
    if (commands.empty()) where.clear();
    advice.push_back({severity, "", std::move(text), std::move(where), std::move(commands), id});
  }

  std::optional<std::uint32_t> number(const char* key) const {
    const std::string text = report.key(key);
    std::uint32_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (text.empty() || error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return value;
  }
};

void judge_session(Adviser& a) {
  // Below this the cost of headers and interrupts dominates; good_parameters() has better values.
  constexpr std::uint32_t kEnough = 64 * 1024;
  // The value that libiscsi offers, so that a smaller result is the target's.
  constexpr std::uint32_t kOffered = 262'144;
  const auto segment = a.report.target_segment();
  const bool small = segment && *segment < kEnough;
  const bool r2t = a.report.key("InitialR2T") == "Yes";
  const auto burst = a.number("MaxBurstLength");
  if (small)
    a.add(Level::slow, "small_segments",
          fmt::format("MaxRecvDataSegmentLength {}: each MiB written is cut into {} PDUs. With 262144 writes "
                      "to tgt were measured to be 4 to 5 times as fast.",
                      *segment, *segment > 0 ? (MiB + *segment - 1) / *segment : 0),
          parameter_lines(a.target_lun, good_parameters()),
          "on the target; sessions that log in from then on have it");
  if (r2t)
    a.add(Level::slow, "initial_r2t",
          small ? "InitialR2T Yes: no write begins before the target has asked for its data, one round trip "
                  "more each. The lines for MaxRecvDataSegmentLength change this, too."
                : "InitialR2T Yes: no write begins before the target has asked for its data, one round trip "
                  "more each.",
          small ? std::vector<std::string>() : parameter_lines(a.target_lun, {"InitialR2T=No"}));
  if (burst && *burst < kOffered)
    a.add(Level::slow, "small_bursts",
          fmt::format("MaxBurstLength {}: the target asks for the data of a 1 MiB write {} times.", *burst,
                      *burst > 0 ? (MiB + *burst - 1) / *burst : 0),
          small ? std::vector<std::string>() : parameter_lines(a.target_lun, {"MaxBurstLength=1048576"}));
}

void judge_access(Adviser& a) {
  const iscsi::LunReport& report = a.report;
  if (report.info.not_ready && !report.info.not_ready->empty() && !report.info.reserved_by_another)
    a.add(Level::danger, "not_ready", fmt::format("The LUN is not ready: {}.", *report.info.not_ready));
  if (report.info.mode.write_protected == true)
    a.add(Level::danger, "write_protected",
          report.info.mode.software_write_protect == true
              ? "The LUN is write protected, by SWP of its control mode page: nothing boots from it that "
                "writes."
              : "The LUN is write protected: nothing boots from it that writes.",
          report.info.mode.software_write_protect == true
              ? std::vector<std::string>()
              : fix_lines(a.target_lun, &TargetSoftware::writable_lines));
  if (report.reservation && !report.reservation->empty())
    a.add(Level::danger, "reserved",
          fmt::format("A host holds a reservation ({}): others are refused with RESERVATION CONFLICT until "
                      "it lets go, or is preempted.",
                      iscsi::reservation_type_name(report.reservation->front().type)));
  else if (report.info.reserved_by_another)
    a.add(Level::danger, "reserved",
          "Another host has reserved the LUN: commands are refused with RESERVATION CONFLICT until it lets "
          "go.");
  if (const iscsi::PortGroup* own = report.own_group(); own != nullptr && own->state != 0) {
    const char* name = iscsi::access_state_name(own->state);
    a.add(
        iscsi::access_state_works(own->state) ? Level::slow : Level::danger, "access_state",
        fmt::format("The LUN is {} through this portal: {}.", name != nullptr ? name : "in an unknown state",
                    iscsi::access_state_works(own->state)
                        ? "it works, by a detour inside the array"
                        : "it can be neither read nor written here; use a portal of an active group"));
  }
}

void judge_identity(Adviser& a) {
  const iscsi::LunReport& report = a.report;
  const bool known = !report.info.pages.empty();
  if (known && report.info.identity().empty()) {
    a.add(Level::danger, "no_identity",
          "The LUN has neither NAA, EUI-64 or T10 designator nor serial number: two LUNs, or two paths to "
          "one, cannot be told apart.",
          fix_lines(a.target_lun, &TargetSoftware::identity_lines));
    return;
  }
  const std::string& serial = report.info.serial;
  const TargetSoftware* const software = a.target_lun.software;
  if (software != nullptr && software->is_made_up != nullptr && software->is_made_up(serial))
    a.add(Level::note, "made_up_identity",
          fmt::format("Serial number {} and the other names are made of {}'s target number and LUN: LUNs of "
                      "two {} hosts can have the same, and multipath takes such for one disk.",
                      serial, software->name, software->name),
          fix_lines(a.target_lun, &TargetSoftware::identity_lines));
}

void judge_provisioning(Adviser& a) {
  const iscsi::LunReport& report = a.report;
  const TargetSoftware* const software = a.target_lun.software;
  const bool absurd = !report.info.contradictions().empty();
  for (const std::string& one : report.info.contradictions())
    a.add(Level::danger, "provisioning_contradiction",
          fmt::format("{}: do not rely on unmapped blocks being zeros.", one));
  const auto thin = report.info.thin();
  if (thin == false && !absurd)
    a.add(Level::note, "not_thin",
          "Not thin (LBPME 0): zeros have to be written, and blocks that are no longer used are not given "
          "back.",
          fix_lines(a.target_lun, &TargetSoftware::thin_lines));
  if (thin == true && !absurd && report.info.provisioning && !report.info.provisioning->lbprz)
    a.add(Level::slow, "zeros_not_declared",
          "Thin, but unmapped blocks are not declared to read as zeros (LBPRZ 0): zeros have to be written.",
          fix_lines(a.target_lun, &TargetSoftware::zeros_lines));
  const std::uint64_t block = report.info.block_size();
  if (software != nullptr && software->unmaps_32_bits && thin == true && report.info.limits &&
      report.info.limits->max_unmap_blocks * block >= 4 * GiB)
    a.add(Level::danger, "unmap_limit",
          fmt::format("An UNMAP of {} blocks is allowed, but {} counts its bytes in 32 bits: of 4 GiB or "
                      "more it unmaps too little or nothing, and answers GOOD. Keep each to 1 GiB.",
                      report.info.limits->max_unmap_blocks, software->name),
          {"echo 1073741824 > /sys/block/sdX/queue/discard_max_bytes"},
          "on each Linux host that uses it, as sdX");
}

void judge_geometry(Adviser& a) {
  const iscsi::LunReport& report = a.report;
  if (report.info.mode.write_cache == true && report.info.mode.dpofua == false)
    a.add(Level::note, "volatile_cache",
          "Write cache without FUA: what the target has confirmed is safe only after SYNCHRONIZE CACHE, so "
          "hosts must not be told to leave that out (mount option nobarrier).");
  if (!report.info.capacity) return;
  const iscsi::Capacity& capacity = *report.info.capacity;
  if (capacity.block_size != 512)
    a.add(Level::note, "block_size",
          fmt::format("Blocks of {} bytes: a disk that was partitioned with 512 does not fit as it is, and "
                      "PC BIOSes boot only from 512.",
                      capacity.block_size));
  if (capacity.lowest_aligned_lba != 0)
    a.add(
        Level::slow, "alignment",
        fmt::format("Physical blocks begin at LBA {}: partitions have to begin there, plus a multiple of {}.",
                    capacity.lowest_aligned_lba, 1U << capacity.physical_exponent));
}

}  // namespace

const char* level_name(Severity severity) {
  switch (severity) {
    case Level::danger:
      return "danger";
    case Level::slow:
      return "slow";
    case Level::note:
      break;
  }
  return "note";
}

Diagnostics advise(const iscsi::LunReport& report) {
  Adviser adviser{report, {}, {}};
  if (report.info.inquiry)
    adviser.target_lun =
        fixed_lun(*report.info.inquiry, report.info.designators, report.url.target, report.url.lun);
  judge_access(adviser);
  if (report.info.is_disk()) {
    judge_provisioning(adviser);
    judge_identity(adviser);
  }
  judge_session(adviser);
  judge_geometry(adviser);
  sort_worst_first(adviser.advice);
  return adviser.advice;
}

}  // namespace san::target
