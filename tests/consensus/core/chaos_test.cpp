// Random faults over a group of cores: what is applied is the same everywhere, and healed groups go on.
#include <algorithm>
#include <cstdlib>
#include <set>

#include "catch.hpp"
#include "core/random.hpp"
#include "group.hpp"

namespace consensus::testing {
namespace {

class Chaos {
 public:
  explicit Chaos(std::uint64_t seed) : damages_(seed % 2 == 1), random_(seed), group_(3 + seed / 2 % 3, options(seed)) {
    for (std::size_t i = 0; i < 3 + seed / 2 % 3; ++i) names_.emplace_back(1, static_cast<char>('a' + i));
    for (const std::string& name : names_) group_.node(name).hold_writes = true;
  }

  void run(int steps) {
    for (int i = 0; i < steps; ++i) {
      disturb();
      check();
    }
  }

  // Everything heals: the group must commit again, and all must catch up.
  void heal() {
    group_.heal();
    for (const std::string& name : names_) {
      group_.node(name).hold_writes = false;
      if (!group_.node(name).up) group_.restart(name);
      if (group_.node(name).write) group_.finish_write(name);
    }
    group_.pass(5s);
    const std::string leader = group_.leader();
    REQUIRE_FALSE(leader.empty());
    const RequestId request = group_.propose(leader, "healed");
    group_.pass(2s);
    REQUIRE(group_.outcome(leader, request));
    REQUIRE(group_.outcome(leader, request)->has_value());
    for (const std::string& name : names_) {
      if (!group_.status(leader).configuration.contains(NodeId(name))) continue;
      INFO(name);
      CHECK(group_.node(name).applied == group_.node(leader).applied);
    }
    check();
  }

  static CoreOptions options(std::uint64_t seed) {
    CoreOptions options = Group::default_options();
    options.max_request_entries = 1 + seed % 5;
    options.max_inflight_requests = 1 + seed % 3;
    options.max_cached_bytes = seed % 4 < 2 ? 20 : 1U << 20U;
    options.trailing_entries = seed % 7;
    return options;
  }

 private:
  std::uint64_t pick(std::uint64_t end) { return random_.next() % end; }
  const std::string& any() { return names_[pick(names_.size())]; }

  void disturb() {
    const std::string name = any();
    Node& node = group_.node(name);
    const std::uint64_t choice = pick(100);
    if (choice < 50) {
      for (std::uint64_t i = 0; i <= pick(4); ++i) deliver_any();
    } else if (choice < 68) {
      finish_writes();
    } else if (choice < 78) {
      let_time_pass();
    } else if (choice < 86) {
      // Mostly where it will be taken.
      const std::string leader = group_.leader();
      if (!leader.empty() || node.up) group_.propose(leader.empty() ? name : leader, std::to_string(++proposals_));
    } else if (choice < 88) {
      if (node.up) read(name, pick(2) == 0 ? ReadMode::quorum : ReadMode::lease);
    } else if (choice < 89) {
      if (node.up && pick(4) == 0) crash(name);
    } else if (choice < 91) {
      if (!node.up) group_.restart(name);
    } else if (choice < 92) {
      if (node.up && pick(4) == 0) group_.transfer(name);
    } else if (choice < 94) {
      if (node.up) snapshot(name);
    } else if (choice < 95) {
      if (node.up) group_.step(name, input::PeerLost{NodeId(any())});
    } else if (choice < 96) {
      change(group_.leader());
    } else {
      serve(name);
    }
  }

  // A write under way may have become durable before the end, or not.
  void crash(const std::string& name) {
    Node& node = group_.node(name);
    if (node.write && pick(2) == 0) node.disk.write(*node.write);
    group_.crash(name);
    reads_.erase(name);
    const bool keeps_state = node.disk.base().index > (node.snapshot ? node.snapshot->position.index : Index());
    if (!keeps_state && pick(2) == 0) node.applied = Index();
    // One at a time: with two a quorum may be gone for good.
    if (!damages_) return;
    if (damaged_.empty() || (node.disk.open().damaged && damaged_ == name)) {
      const StoredLog log = node.disk.open();
      if (pick(3) == 0 && log.last.index > log.base.index) {
        damaged_ = name;
        node.disk.damage_from(log.last.index.previous() > log.base.index ? log.last.index.previous() : log.last.index);
        if (pick(2) == 0) node.disk.hard_state = {};
      }
    }
  }

  // What was acknowledged before a read began must be in what it reads.
  void read(const std::string& name, ReadMode mode) {
    const Index acknowledged = group_.best_acknowledged();
    reads_[name].emplace_back(group_.read(name, mode), acknowledged);
  }

  void check_reads(const std::string& name) {
    std::erase_if(reads_[name], [&](const auto& read) {
      const auto outcome = group_.outcome(name, read.first);
      if (outcome && outcome->has_value()) REQUIRE(outcome->value() >= read.second);
      return outcome.has_value();
    });
  }

  void finish_writes() {
    for (const std::string& name : names_) {
      if (!group_.node(name).write || pick(2) == 0) continue;
      group_.finish_write(name, pick(100) == 0 ? input::WriteOutcome::no_space : input::WriteOutcome::durable);
    }
  }

  void let_time_pass() {
    group_.skip(std::chrono::milliseconds(pick(20)));
    for (const std::string& name : names_) {
      if (group_.node(name).up && group_.node(name).deadline <= group_.now()) group_.step(name, input::Tick{});
    }
  }

  void deliver_any() {
    auto& messages = group_.messages();
    if (messages.empty()) return;
    const std::size_t at = pick(std::min<std::size_t>(messages.size(), pick(4) == 0 ? 12 : 1));
    const std::uint64_t fate = pick(20);
    if (fate == 0) {
      messages.erase(messages.begin() + static_cast<std::ptrdiff_t>(at));
      return;
    }
    Message message = messages[at];
    if (fate != 1) messages.erase(messages.begin() + static_cast<std::ptrdiff_t>(at));
    const std::string to = message.to.name();
    group_.step(to, input::Received{std::move(message)});
  }

  void snapshot(const std::string& name) {
    Node& node = group_.node(name);
    if (node.applied.is_zero() || node.applied_positions.count(node.applied) == 0) return;
    SnapshotMeta meta;
    meta.position = node.applied_positions[node.applied];
    const auto at = configurations_.upper_bound(node.applied);
    if (at == configurations_.begin()) {
      meta.configuration = initial();
    } else {
      meta.configuration = std::prev(at)->second;
      meta.configuration_index = std::prev(at)->first;
    }
    if (node.snapshot && node.snapshot->position.index >= node.applied) return;
    node.snapshot = meta;
    group_.step(name, input::SnapshotTaken{meta});
  }

  Configuration initial() {
    Configuration configuration;
    for (const std::string& name : names_) configuration.voters.push_back({NodeId(name), name});
    return configuration;
  }

  void change(const std::string& name) {
    if (damages_ || name.empty() || !group_.node(name).up) return;
    ConfigurationChange change;
    change.transition = static_cast<Transition>(pick(3));
    for (std::uint64_t i = 0; i < 1 + pick(2); ++i) {
      const std::string& member = any();
      change.changes.push_back({static_cast<MemberAction>(pick(3)), {NodeId(member), member}});
    }
    if (pick(3) == 0) change.changes.clear();
    group_.change(name, change);
  }

  void serve(const std::string& name) {
    Node& node = group_.node(name);
    if (!node.up) return;
    for (const LogReadOrder& order : std::exchange(node.log_reads, {})) {
      group_.step(name, input::LogRead{order.peer, node.disk.read(order.first, order.last)});
    }
    for (SnapshotOrder& order : std::exchange(node.snapshot_orders, {})) {
      const bool arrives = pick(4) != 0 && group_.node(order.message.to.name()).up;
      if (arrives) group_.step(order.message.to.name(), input::Received{order.message});
      group_.step(name, input::SnapshotSent{order.message.to, arrives});
    }
  }

  void check() {
    if (!damaged_.empty() && !group_.node(damaged_).disk.open().damaged) damaged_.clear();
    for (const std::string& name : names_) {
      Node& node = group_.node(name);
      check_reads(name);
      for (auto it = node.applied_positions.upper_bound(checked_[name]); it != node.applied_positions.end(); ++it) {
        const auto [known, added] = history_.emplace(it->first, it->second);
        REQUIRE(known->second == it->second);
        checked_[name] = it->first;
      }
      for (const Entry& entry : node.disk.entries()) {
        if (entry.kind != EntryKind::configuration || entry.index > node.applied) continue;
        configurations_[entry.index] = *decode_configuration(entry.payload.view());
      }
      if (!node.up) continue;
      const CoreStatus status = group_.status(name);
      if (status.role != Role::leader) continue;
      const auto [leads, added] = leaders_.emplace(status.term, name);
      REQUIRE(leads->second == name);
    }
  }

  // Either disks are damaged, or the group is changed: in a group of two, damage is for good.
  bool damages_;
  core::Random random_;
  Group group_;
  std::vector<std::string> names_;
  std::map<Index, LogPosition> history_;
  std::map<std::string, Index> checked_;
  std::map<Index, Configuration> configurations_;
  std::map<Term, std::string> leaders_;
  std::map<std::string, std::vector<std::pair<RequestId, Index>>> reads_;
  std::string damaged_;
  int proposals_ = 0;
};

TEST_CASE("groups under random faults agree on what they apply, and go on when healed") {
  const char* first = std::getenv("CHAOS_SEED");
  const std::uint64_t from = first != nullptr ? std::strtoull(first, nullptr, 10) : 1;
  const char* many = std::getenv("CHAOS_SEEDS");
  const std::uint64_t count = many != nullptr ? std::strtoull(many, nullptr, 10) : first != nullptr ? 1 : 40;
  for (std::uint64_t seed = from; seed < from + count; ++seed) {
    INFO("CHAOS_SEED=" << seed);
    if (many != nullptr) std::fprintf(stderr, "seed %llu\n", static_cast<unsigned long long>(seed));
    Chaos chaos(seed);
    chaos.run(6000);
    chaos.heal();
  }
}

}  // namespace
}  // namespace consensus::testing
