// SPDX-License-Identifier: Apache-2.0
#include "report/measure/bench_report.h"

#include <fmt/core.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>

#include "core/text/terminal.h"
#include "core/units.h"
#include "measure/bench/bench.h"

namespace san::report {
namespace {

using Pattern = measure::Workload::Pattern;

constexpr std::size_t kBarWidth = 38;

/// Parts of a thousand.
constexpr std::uint64_t kPercentiles[] = {500, 900, 990, 999};

std::string setting(const measure::Workload& w) {
  const std::uint64_t size = w.request;
  const std::string request =
      size >= MiB ? fmt::format("{} MiB", size / MiB) : fmt::format("{} KiB", size / KiB);
  return fmt::format("{} x {} x {} session{}", request, w.depth, w.sessions, w.sessions == 1 ? "" : "s");
}

std::string time_text(const std::optional<measure::LatencyHistogram::Duration>& time) {
  if (!time) return "-";
  const double us = std::chrono::duration<double, std::micro>(*time).count();
  if (us < 1000) return fmt::format("{:.0f} us", us);
  if (us < 1e6) return fmt::format("{:.1f} ms", us / 1e3);
  return fmt::format("{:.1f} s", us / 1e6);
}

Json microseconds(const std::optional<measure::LatencyHistogram::Duration>& time) {
  if (!time) return nullptr;
  return std::chrono::duration_cast<std::chrono::microseconds>(*time).count();
}

double fastest(const measure::BenchResult& result) {
  double most = 0;
  for (const measure::BenchCell& cell : result.cells)
    if (cell.workload.pattern == Pattern::sequential) most = std::max(most, cell.rate().value_or(0));
  return most;
}

/// A bar `length` columns long: '#' signs, or a coloured area.
Printable bar(bool color, std::size_t length) {
  return color ? painted(color, "42", repeated(" ", length)) : repeated("#", length);
}

Printable throughput(const measure::BenchResult& result, bool write, bool color) {
  std::vector<const measure::BenchCell*> cells;
  for (const measure::BenchCell& cell : result.cells)
    if (cell.workload.pattern == Pattern::sequential && cell.workload.write == write) cells.push_back(&cell);
  std::stable_sort(cells.begin(), cells.end(), [](const measure::BenchCell* a, const measure::BenchCell* b) {
    return a->workload.request < b->workload.request;
  });
  const double most = fastest(result);
  const measure::BenchCell* best = measure::best_cell(result, write);
  Printable out =
      painted(color, sgr::bold, write ? SourceText("Sequential writes") : SourceText("Sequential reads")) +
      "\n" + painted(color, sgr::faint, "request  depth  sessions         rate") + "\n";
  std::uint64_t request = 0;
  for (const measure::BenchCell* cell : cells) {
    const measure::Workload& w = cell->workload;
    const std::string size = w.request == request ? "" : fmt::format("{} KiB", w.request / KiB);
    request = w.request;
    const auto rate = cell->rate();
    Printable line = format_text("{:>8} {:>5} {:>9}  {:>11} {}", size, w.depth, w.sessions,
                                 rate ? format_rate(*rate) : "-", cell == best ? "*" : " ");
    if (rate && most > 0)
      line +=
          bar(color, static_cast<std::size_t>(std::lround(*rate / most * static_cast<double>(kBarWidth))));
    else
      line += as_printable(cell->note);
    out += line.trimmed() + "\n";
  }
  return out + "\n";
}

Printable latencies(const measure::BenchResult& result, bool color) {
  Printable out = painted(color, sgr::bold, "One small request after another, or 32 at a time") + "\n" +
                  painted(color, sgr::faint,
                          "                      depth a second     p50     p90     p99   p99.9     max") +
                  "\n";
  for (const measure::BenchCell& cell : result.cells) {
    const measure::Workload& w = cell.workload;
    if (w.pattern == Pattern::sequential) continue;
    const std::string name =
        w.pattern == Pattern::boot
            ? fmt::format("boot-like reads {} KiB", w.request / KiB)
            : fmt::format("random {} {} KiB", w.write ? "writes" : "reads", w.request / KiB);
    out += format_text("{:<21} {:>5}", name, w.depth);
    if (!cell.note.empty()) {
      out += format_text("  - {}\n", cell.note);
      continue;
    }
    const measure::Measurement& m = cell.measured;
    out += format_text(" {:>8.0f}", static_cast<double>(m.requests) / m.seconds);
    for (const std::uint64_t parts : kPercentiles)
      out += format_text(" {:>7}", time_text(m.latency.percentile(parts, 1000)));
    out += format_text(" {:>7}\n", time_text(m.latency.most()));
  }
  return out + "\n";
}

std::uint64_t bytes_read(const measure::BenchResult& result) {
  std::uint64_t sum = 0;
  for (const measure::BenchCell& cell : result.cells)
    if (!cell.workload.write) sum += cell.measured.bytes;
  return sum;
}

std::string percent_faster(double rate, double than) {
  return fmt::format("{:.0f} %", (rate / than - 1) * 100);
}

std::string size_option(std::uint64_t size) {
  return size >= MiB ? fmt::format("{}M", size / MiB) : fmt::format("{}K", size / KiB);
}

std::string sanclone_sentence(const measure::BenchResult& result, const measure::BenchCell& best,
                              bool write) {
  const measure::BenchCell* usual = measure::usual_cell(result, write);
  if (!result.lun || usual == nullptr) return {};
  const measure::Workload& w = best.workload;
  const std::string own =
      "sanclone's own choice (1 MiB, 16 in flight, over 1 to 4 sessions as it finds best)";
  if (*best.rate() <= 1.1 * *usual->rate()) return fmt::format(" {} is as fast.", own);
  return fmt::format(" That is {} faster than {}: try --block {} --depth {} --sessions {}.",
                     percent_faster(*best.rate(), *usual->rate()), own, size_option(w.request), w.depth,
                     w.sessions);
}

/// Describes the data that were measured, and how reliable the figures are.
std::string what_was_read(const measure::BenchResult& result) {
  std::string text;
  switch (result.read_kind) {
    case measure::SampleExtents::Kind::data:
      text =
          fmt::format("Read were {} {}.", format_size(result.read_bytes),
                      result.wrote ? "that had been written before" : "where the device says that data are");
      break;
    case measure::SampleExtents::Kind::unknown:
      text = fmt::format("Read were {}; the device does not say which of them were ever written.",
                         format_size(result.read_bytes));
      break;
    case measure::SampleExtents::Kind::zeros:
      text =
          "CAUTION: there is next to no data to read. The target may produce zeros without reading a disk: "
          "the reads below measure the network and the target, not its disks.";
      break;
  }
  const double times = static_cast<double>(bytes_read(result)) /
                       static_cast<double>(std::max<std::uint64_t>(1, result.read_bytes));
  if (times >= 2)
    text +=
        fmt::format(" Every byte was read {:.0f} times on average: the target's cache takes part.", times);
  return text;
}

}  // namespace

std::vector<std::string> bench_conclusions(const measure::BenchResult& result) {
  std::vector<std::string> out;
  for (const bool write : {true, false}) {
    const measure::BenchCell* best = measure::best_cell(result, write);
    if (best == nullptr && (!write || result.wrote))
      out.push_back(
          fmt::format("{} could not be measured in the time given.", write ? "Writing" : "Reading"));
    if (best == nullptr) continue;
    out.push_back(fmt::format("{}: {}: {}.{}", write ? "Writes" : "Reads", setting(best->workload),
                              format_rate(*best->rate()), sanclone_sentence(result, *best, write)));
  }
  for (const measure::BenchCell& cell : result.cells)
    if (cell.workload.pattern == Pattern::boot && cell.rate())
      out.push_back(fmt::format("Firmware that boots from it reads {}, {} a request.",
                                format_rate(*cell.rate()),
                                time_text(cell.measured.latency.percentile(500, 1000))));
  return out;
}

Printable to_text(const measure::BenchResult& result, bool color) {
  Printable out =
      format_text("{}\n{}, blocks of {} bytes\n", painted(color, sgr::bold, as_printable(result.device)),
                  format_size(result.size), result.block);
  const auto sentence = [&out](const std::string& text, SourceText mark) {
    out += wrapped(mark, as_printable(text));
  };
  if (result.wrote)
    sentence(
        fmt::format("Written over: {} from the front; it holds random data now. The flush after it took {}.",
                    format_size(result.written_bytes), format_seconds(result.flush_seconds.value_or(0))),
        "");
  sentence(what_was_read(result), "");
  out += "\n";
  if (result.wrote) out += throughput(result, true, color);
  out += throughput(result, false, color) + latencies(result, color);
  for (const std::string& text : bench_conclusions(result)) sentence(text, "* ");
  return out;
}

Json to_json(const measure::BenchResult& result) {
  Json json;
  json["device"] = result.device;
  json["size"] = result.size;
  json["block_size"] = result.block;
  json["seconds"] = result.seconds;
  json["read"] = {{"bytes", result.read_bytes}, {"content", measure::to_string(result.read_kind)}};
  if (result.wrote)
    json["written"] = {{"bytes", result.written_bytes}, {"flush_seconds", result.flush_seconds.value_or(0)}};
  else
    json["written"] = nullptr;
  json["cells"] = Json::array();
  for (const measure::BenchCell& cell : result.cells) {
    const measure::Workload& w = cell.workload;
    const measure::LatencyHistogram& latency = cell.measured.latency;
    const bool good = cell.note.empty();
    Json one;
    one["operation"] = w.write ? "write" : "read";
    one["pattern"] = measure::to_string(w.pattern);
    one["request"] = w.request;
    one["depth"] = w.depth;
    one["sessions"] = w.sessions;
    one["requests"] = cell.measured.requests;
    one["bytes"] = cell.measured.bytes;
    one["seconds"] = cell.measured.seconds;
    one["rate"] = good ? Json(std::llround(*cell.rate())) : Json(nullptr);
    one["iops"] =
        good ? Json(std::llround(static_cast<double>(cell.measured.requests) / cell.measured.seconds))
             : Json(nullptr);
    one["latency_us"] = {{"min", microseconds(latency.least())},
                         {"p50", microseconds(latency.percentile(500, 1000))},
                         {"p90", microseconds(latency.percentile(900, 1000))},
                         {"p99", microseconds(latency.percentile(990, 1000))},
                         {"p99_9", microseconds(latency.percentile(999, 1000))},
                         {"max", microseconds(latency.most())}};
    one["note"] = good ? Json(nullptr) : Json(cell.note);
    json["cells"].push_back(std::move(one));
  }
  const auto best = [&result](bool write) -> Json {
    const measure::BenchCell* cell = measure::best_cell(result, write);
    if (cell == nullptr) return nullptr;
    return {{"request", cell->workload.request},
            {"depth", cell->workload.depth},
            {"sessions", cell->workload.sessions},
            {"rate", std::llround(*cell->rate())}};
  };
  json["best"] = {{"read", best(false)}, {"write", best(true)}};
  json["conclusion"] = bench_conclusions(result);
  return json;
}

}  // namespace san::report
