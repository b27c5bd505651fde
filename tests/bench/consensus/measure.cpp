// What is measured: load on a leader, the time without one, a snapshot to an empty member, the disk.
#include "measure.hpp"

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>
#include <optional>
#include <stdexcept>
#include <string>

#include "wait_until.hpp"

namespace consensus_bench {
namespace {

using namespace std::chrono_literals;
using std::chrono::milliseconds;

constexpr auto patience = 60s;

std::string load_command(LoadShape shape, milliseconds time) {
  std::array<char, 32> seconds{};
  std::snprintf(seconds.data(), seconds.size(), "%.3f", static_cast<double>(time.count()) / 1000);
  return "clients " + std::to_string(shape.clients) + " bytes " + std::to_string(shape.bytes) + " seconds " +
         seconds.data();
}

LoadFigures figures_of(const Reply& reply) {
  const double ops = reply.number("ops");
  return {.ops_per_second = ops / reply.number("seconds"),
          .p50 = reply.number("p50_us"),
          .p90 = reply.number("p90_us"),
          .p99 = reply.number("p99_us"),
          .p999 = reply.number("p999_us"),
          .leader_cpu_per_op = ops > 0 ? reply.number("cpu_us") / ops : 0};
}

std::int64_t now_ns() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::nanoseconds>(now).count();
}

double seconds_between(std::int64_t begin, std::int64_t end) {
  return static_cast<double>(end - begin) / 1e9;
}

// What the leader's state machine has, as "await" wants it.
std::string await_command(Group& group, const std::string& leader) {
  const Reply state = group.member(leader).ask("state", "state", patience);
  const auto number = [&](const char* name) {
    return " " + std::to_string(static_cast<std::uint64_t>(state.number(name)));
  };
  return "await" + number("bytes") + number("count");
}

// Seconds until the new, empty member, which is running, has what the leader has now.
double provision(Group& group, const std::string& leader, const std::string& id) {
  const std::string await = await_command(group, leader);
  group.member(id).tell(await);
  const auto begin = now_ns();
  group.begin_to_add(leader, id, JoinAs::learner);
  const Reply reached = group.member(id).expect("reached", patience);
  return seconds_between(begin, reached.time());
}

void finish_adding(Group& group, const std::string& leader, const std::string& id) {
  group.member(leader).expect("added", patience);
  group.member(id).expect("joined", patience);
}

}  // namespace

LoadFigures measure_load(Group& group, LoadShape shape, milliseconds time) {
  MemberProcess& leader = group.member(group.leader());
  leader.ask(load_command(shape, time / 10), "done", patience);
  return figures_of(leader.ask(load_command(shape, time), "done", patience + time));
}

double measure_failover(Group& group, Loss loss) {
  const std::string old = group.leader();
  for (const auto& [id, process] : group.members()) {
    while (process->take("first_commit")) {
    }
  }
  const auto begin = now_ns();
  if (loss == Loss::killed) {
    group.kill(old);
  } else {
    group.member(old).signal(SIGSTOP);
  }
  std::optional<std::int64_t> first;
  const bool found = support::wait_until(
      [&] {
        for (const auto& [id, process] : group.members()) {
          if (const auto reply = id == old ? std::nullopt : process->take("first_commit")) first = reply->time();
        }
        return first.has_value();
      },
      patience, 2ms);
  if (!found) throw std::runtime_error("no new leader: " + group.side().name);
  if (loss == Loss::killed) {
    group.start(old);
  } else {
    group.member(old).signal(SIGCONT);
  }
  std::string leader = group.leader();
  if (leader == old) throw std::runtime_error("the lost leader leads again: " + group.side().name);
  // The one that was lost has caught up before the next loss.
  group.member(old).ask(await_command(group, leader), "reached", patience);
  return seconds_between(begin, *first);
}

ProvisionFigures measure_provisioning(Group& group, std::size_t megabytes, milliseconds time) {
  // Few enough clients that the disk is not busy all the time.
  const LoadShape background{.clients = 4, .bytes = 128};
  ProvisionFigures figures;
  const std::string leader = group.leader();
  MemberProcess& leading = group.member(leader);
  leading.ask("fill " + std::to_string(megabytes), "filled", patience);
  for (const auto& [id, process] : group.members()) process->ask(await_command(group, leader), "reached", patience);
  figures.taking_seconds = leading.ask("snapshot", "snapshot", patience).number("seconds");

  group.start("d");
  figures.idle_seconds = provision(group, leader, "d");
  finish_adding(group, leader, "d");
  group.remove("d");
  figures.idle_p99 = measure_load(group, background, time).p99;

  leading.tell(load_command(background, 600s));
  group.start("e");
  leading.ask("mark", "marked", patience);
  figures.loaded_seconds = provision(group, leader, "e");
  const Reply during = leading.ask("mark", "marked", patience);
  figures.provisioning_p99 = during.number("p99_us");
  figures.provisioning_ops = during.number("ops");
  return figures;
}

DiskFigures measure_disk(std::size_t times) {
  const sandbox::TemporaryDirectory directory;
  const int file = open((directory.path() / "disk").c_str(), O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
  const std::string block(4096, 'x');
  std::vector<double> times_us;
  bool good = file >= 0;
  const auto write_all = [&](bool timed) {
    for (std::size_t i = 0; good && i < times; ++i) {
      const auto begin = std::chrono::steady_clock::now();
      good = pwrite(file, block.data(), block.size(), static_cast<off_t>(i * block.size())) > 0;
      if (!timed) continue;
      good = good && fdatasync(file) == 0;
      times_us.push_back(std::chrono::duration<double, std::micro>(std::chrono::steady_clock::now() - begin).count());
    }
  };
  write_all(false);
  good = good && fsync(file) == 0;
  write_all(true);
  close(file);
  if (!good) throw std::runtime_error("cannot write to " + directory.path().string());
  return {.p50 = quantile(times_us, 0.5), .p99 = quantile(times_us, 0.99)};
}

double quantile(std::vector<double> values, double share) {
  if (values.empty()) return 0;
  std::sort(values.begin(), values.end());
  return values[static_cast<std::size_t>(share * static_cast<double>(values.size() - 1))];
}

double median(std::vector<double> values) {
  return quantile(std::move(values), 0.5);
}

}  // namespace consensus_bench
