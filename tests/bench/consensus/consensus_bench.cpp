// Prints the figures of libconsensus beside those of hashicorp/raft and of the raw disk; README.md says how.
#include <signal.h>
#include <sys/vfs.h>

#include <cstdio>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "group.hpp"
#include "measure.hpp"
#include "report.hpp"

namespace consensus_bench {
namespace {

using namespace std::chrono_literals;

struct Options {
  std::vector<Side> sides;  // ours first
  std::size_t repetitions = 5;
  std::size_t failovers = 11;
  std::chrono::milliseconds load_time{3000};
  std::size_t snapshot_megabytes = 100;
  std::size_t syncs = 200;
  bool throughput = true;
  bool failover = true;
  bool snapshot = true;
};

struct ShapeFigures {
  LoadShape shape;
  std::string name;
  double throughput_target;                                // times that of the peer
  std::vector<std::vector<LoadFigures>> of_sides{{}, {}};  // one for each repetition
};

void progress(const std::string& text) {
  std::fprintf(stderr, "  %s\n", text.c_str());
}

template <class Figures, class Pick>
std::vector<double> picked(const std::vector<Figures>& figures, Pick pick) {
  std::vector<double> values;
  for (const Figures& one : figures) values.push_back(pick(one));
  return values;
}

// Which side goes first alternates, so that neither always has the quieter machine or the emptier disk.
std::vector<std::size_t> order(const Options& options, std::size_t round) {
  if (options.sides.size() == 1) return {0};
  return round % 2 == 0 ? std::vector<std::size_t>{0, 1} : std::vector<std::size_t>{1, 0};
}

// New groups for each repetition, so that none has a longer past than the other.
void measure_shapes(const Options& options, std::vector<ShapeFigures>& shapes, std::vector<DiskFigures>& disk) {
  for (std::size_t round = 0; round < options.repetitions; ++round) {
    std::vector<std::unique_ptr<Group>> groups;
    for (const Side& side : options.sides) groups.push_back(std::make_unique<Group>(side, std::nullopt));
    for (ShapeFigures& shape : shapes) {
      disk.push_back(measure_disk(options.syncs));
      for (const std::size_t side : order(options, round)) {
        const LoadFigures figures = measure_load(*groups[side], shape.shape, options.load_time);
        shape.of_sides[side].push_back(figures);
        progress(shape.name + ", " + options.sides[side].name + ": " + std::to_string(figures.ops_per_second) +
                 " commands/s, p50 " + std::to_string(figures.p50) + " us, p99 " + std::to_string(figures.p99) + " us");
      }
    }
    for (auto& group : groups) group->quit();
  }
}

Section section_of(const ShapeFigures& shape, double sync_us) {
  const auto row = [&](const char* name, const char* unit, auto pick, std::optional<Target> target = std::nullopt) {
    return Row{name, unit, picked(shape.of_sides[0], pick), picked(shape.of_sides[1], pick), std::move(target)};
  };
  Section section{shape.name};
  section.rows.push_back(row(
      "throughput", "commands/s", [](const LoadFigures& f) { return f.ops_per_second; },
      Target{Target::Of::ratio, Target::Bound::at_least, shape.throughput_target}));
  section.rows.push_back(row("throughput x fdatasync p50", "",
                             [sync_us](const LoadFigures& f) { return f.ops_per_second * sync_us / 1e6; }));
  section.rows.push_back(row("p50", "ms", [](const LoadFigures& f) { return f.p50 / 1e3; }));
  section.rows.push_back(row(
      "p99", "ms", [](const LoadFigures& f) { return f.p99 / 1e3; },
      Target{Target::Of::ratio, Target::Bound::at_most, 0.5}));
  section.rows.push_back(row("p99.9", "ms", [](const LoadFigures& f) { return f.p999 / 1e3; }));
  section.rows.push_back(
      row("leader's CPU per command", "us", [](const LoadFigures& f) { return f.leader_cpu_per_op; }));
  return section;
}

void report_throughput(const Options& options, std::vector<Section>& sections) {
  std::vector<ShapeFigures> shapes{{{1, 128}, "1 client, 128 bytes", 2.5},
                                   {{64, 128}, "64 clients, 128 bytes", 4},
                                   {{1, 4096}, "1 client, 4 KiB", 2.5},
                                   {{64, 4096}, "64 clients, 4 KiB", 3}};
  std::vector<DiskFigures> disk;
  measure_shapes(options, shapes, disk);
  const std::vector<double> p50 = picked(disk, [](const DiskFigures& f) { return f.p50; });
  sections.push_back(
      {"the disk: 4 KiB written over and fdatasync, by one process",
       {{"p50", "us", p50, {}}, {"p99", "us", picked(disk, [](const DiskFigures& f) { return f.p99; }), {}}}});
  for (const ShapeFigures& shape : shapes) sections.push_back(section_of(shape, median(p50)));
}

void report_failover(const Options& options, std::vector<Section>& sections) {
  Row killed{"leader killed, n=" + std::to_string(options.failovers),
             "s",
             {},
             {},
             Target{Target::Of::ours, Target::Bound::at_most, 0.3, "s"}};
  Row frozen{"leader frozen, n=" + std::to_string(options.failovers), "s", {}, {}};
  std::vector<std::unique_ptr<Group>> groups;
  for (const Side& side : options.sides) groups.push_back(std::make_unique<Group>(side, std::nullopt));
  for (std::size_t round = 0; round < options.failovers; ++round) {
    for (const std::size_t side : order(options, round)) {
      const double after_kill = measure_failover(*groups[side], Loss::killed);
      const double after_freeze = measure_failover(*groups[side], Loss::frozen);
      (side == 0 ? killed.ours : killed.peer).push_back(after_kill);
      (side == 0 ? frozen.ours : frozen.peer).push_back(after_freeze);
      progress("failover, " + options.sides[side].name + ": killed " + std::to_string(after_kill) + " s, frozen " +
               std::to_string(after_freeze) + " s");
    }
  }
  sections.push_back({"from the leader's loss to the first command of the next, default timeouts", {killed, frozen}});
}

Section provisioning_section(const std::string& heading, const std::vector<ProvisionFigures>& ours,
                             const std::vector<ProvisionFigures>& peer) {
  const auto row = [&](const char* name, const char* unit, auto pick, std::optional<Target> target = std::nullopt) {
    return Row{name, unit, picked(ours, pick), picked(peer, pick), std::move(target)};
  };
  const Target no_slower{Target::Of::ratio, Target::Bound::at_most, 1};
  Section section{heading};
  section.rows.push_back(row("taking the snapshot", "s", [](const ProvisionFigures& f) { return f.taking_seconds; }));
  section.rows.push_back(
      row("empty member has everything", "s", [](const ProvisionFigures& f) { return f.idle_seconds; }, no_slower));
  section.rows.push_back(
      row("the same while clients write", "s", [](const ProvisionFigures& f) { return f.loaded_seconds; }, no_slower));
  section.rows.push_back(row("their p99 before", "ms", [](const ProvisionFigures& f) { return f.idle_p99 / 1e3; }));
  section.rows.push_back(
      row("their p99 meanwhile", "ms", [](const ProvisionFigures& f) { return f.provisioning_p99 / 1e3; }));
  section.rows.push_back(row(
      "meanwhile / before", "x", [](const ProvisionFigures& f) { return f.provisioning_p99 / f.idle_p99; },
      Target{Target::Of::ours, Target::Bound::at_most, 2, "x"}));
  return section;
}

void report_provisioning(const Options& options, std::vector<Section>& sections) {
  std::vector<std::vector<ProvisionFigures>> figures{{}, {}};
  for (std::size_t round = 0; round < options.repetitions; ++round) {
    for (const std::size_t side : order(options, round)) {
      Group group(options.sides[side], 0);
      const ProvisionFigures one = measure_provisioning(group, options.snapshot_megabytes, options.load_time);
      figures[side].push_back(one);
      progress("snapshot, " + options.sides[side].name + ": " + std::to_string(one.idle_seconds) + " s, with clients " +
               std::to_string(one.loaded_seconds) + " s, their p99 " + std::to_string(one.idle_p99) + " us before, " +
               std::to_string(one.provisioning_p99) + " us meanwhile");
    }
  }
  sections.push_back(provisioning_section("a snapshot of " + std::to_string(options.snapshot_megabytes) +
                                              " MiB that cannot be compressed, 4 clients with 128 bytes",
                                          figures[0], figures[1]));
}

[[noreturn]] void print_usage() {
  std::fprintf(stderr,
               "usage: consensus_bench [--quick | --smoke] [--only throughput|failover|snapshot] [--repetitions N]\n"
               "                       [--ours PROGRAM] [--peer PROGRAM | --no-peer]\n");
  std::exit(2);
}

void choose(Options& options, std::string_view part) {
  if (part != "throughput" && part != "failover" && part != "snapshot") print_usage();
  options.throughput = part == "throughput";
  options.failover = part == "failover";
  options.snapshot = part == "snapshot";
}

void make_shorter(Options& options, bool smoke) {
  options.repetitions = 1;
  options.failovers = smoke ? 1 : 3;
  options.load_time = smoke ? 100ms : 1000ms;
  options.snapshot_megabytes = smoke ? 4 : 100;
  options.syncs = smoke ? 20 : 200;
}

Options parse(int argc, char* argv[]) {
  Options options;
  const std::filesystem::path folder = std::filesystem::canonical("/proc/self/exe").parent_path() / "consensus";
  std::filesystem::path ours = folder / "consensus_bench_node";
  std::filesystem::path peer = folder / "hashicorp_raft";
  for (int i = 1; i < argc; ++i) {
    const std::string_view argument = argv[i];
    if (argument == "--quick" || argument == "--smoke") {
      make_shorter(options, argument == "--smoke");
      if (argument == "--smoke") peer.clear();
    } else if (argument == "--no-peer") {
      peer.clear();
    } else if (i + 1 == argc) {
      print_usage();
    } else if (argument == "--only") {
      choose(options, argv[++i]);
    } else if (argument == "--repetitions") {
      options.repetitions = std::strtoul(argv[++i], nullptr, 10);
    } else if (argument == "--ours") {
      ours = std::filesystem::absolute(argv[++i]);
    } else if (argument == "--peer") {
      peer = std::filesystem::absolute(argv[++i]);
    } else {
      print_usage();
    }
  }
  options.sides.push_back({"libconsensus", ours});
  if (!peer.empty() && std::filesystem::exists(peer)) {
    options.sides.push_back({"hashicorp/raft", peer});
  } else if (!peer.empty()) {
    std::fprintf(stderr, "  hashicorp/raft is not built (%s): only our own figures\n", peer.c_str());
  }
  return options;
}

void warn_of_memory() {
  const sandbox::TemporaryDirectory directory;
  struct statfs status{};
  constexpr decltype(status.f_type) tmpfs = 0x01021994;
  if (statfs(directory.path().c_str(), &status) == 0 && status.f_type == tmpfs) {
    std::fprintf(stderr,
                 "  the data are on a tmpfs, where fdatasync costs nothing: set TMPDIR to a directory on a disk\n");
  }
}

int run(const Options& options) {
  warn_of_memory();
  std::vector<Section> sections;
  if (options.throughput) report_throughput(options, sections);
  if (options.failover) report_failover(options, sections);
  if (options.snapshot) report_provisioning(options, sections);
  std::printf(
      "%s",
      make_report(options.sides[0].name, options.sides.size() > 1 ? options.sides[1].name : "", sections).c_str());
  return 0;
}

}  // namespace
}  // namespace consensus_bench

int main(int argc, char* argv[]) {
  ::signal(SIGPIPE, SIG_IGN);
  try {
    return consensus_bench::run(consensus_bench::parse(argc, argv));
  } catch (const std::exception& error) {
    std::fprintf(stderr, "consensus_bench: %s\n", error.what());
    return 1;
  }
}
