// What happens to hosts.
#include "node_simulator/node_faults.hpp"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <limits>
#include <string>
#include <utility>

#include "consensus/simulator/random.hpp"
#include "node_simulator/world.hpp"

namespace consensus::simulator {
namespace {

constexpr MemberNumber most_hosts_added = 2;
constexpr Duration operation_patience = std::chrono::seconds(2);
constexpr Duration noticed_after = std::chrono::milliseconds(50);

class FaultMaker {
 public:
  FaultMaker(NodeWorld& world, const NodeFault& fault)
      : world_(world), fault_(fault), host_(fault.node == 0 ? world.leader() : world.host(fault.node)) {}

  bool run() {
    switch (fault_.kind) {
      case NodeFaultKind::noise:
        return make_noise();
      case NodeFaultKind::isolate:
        return isolate();
      case NodeFaultKind::cut:
        return host_ != nullptr && cut(host_, world_.host(fault_.other));
      case NodeFaultKind::blackout:
        return lose_all_power();
      case NodeFaultKind::add:
        return add();
      case NodeFaultKind::pause:
      case NodeFaultKind::kill:
      case NodeFaultKind::power:
      case NodeFaultKind::power_at:
      case NodeFaultKind::stop:
      case NodeFaultKind::move:
        return host_ != nullptr && host_->process() != nullptr && disturb_process();
      case NodeFaultKind::stall_disk:
      case NodeFaultKind::fill_disk:
      case NodeFaultKind::fail_disk:
        return host_ != nullptr && disturb_disk();
      case NodeFaultKind::lie:
      case NodeFaultKind::rot:
      case NodeFaultKind::misplace:
      case NodeFaultKind::wipe:
        return host_ != nullptr && world_.is_whole() && lose();
      case NodeFaultKind::remove:
      case NodeFaultKind::transfer:
      case NodeFaultKind::snapshot:
        return host_ != nullptr && host_->is_serving() && operate();
    }
    return false;
  }

 private:
  // Not after healing has begun.
  void after(Duration delay, std::function<void()> action) {
    world_.time.at(world_.time.now() + delay, [&world = world_, action = std::move(action)] {
      if (!world.healing) action();
    });
  }

  bool make_noise() {
    world_.policy.begin_noise(fault_.value);
    after(fault_.duration, [&world = world_] { world.policy.end_noise(); });
    return true;
  }

  bool cut(const Host* from, const Host* to) {
    if (to == nullptr || from == to) return false;
    world_.policy.cut(from->name(), to->name());
    after(fault_.duration, [&world = world_, from = from->name(), to = to->name()] { world.policy.heal(from, to); });
    return true;
  }

  bool isolate() {
    const auto is_inside = [this](const Host& host) { return (fault_.value >> host.number() & 1U) != 0; };
    bool is_done = false;
    for (const auto& one : world_.hosts()) {
      for (const auto& other : world_.hosts()) {
        if (is_inside(*one) != is_inside(*other)) is_done = cut(one.get(), other.get()) || is_done;
      }
    }
    return is_done;
  }

  bool lose_all_power() {
    for (const auto& host : world_.hosts()) {
      if (host->process() == nullptr) continue;
      host->kill(Crash::power_lost);
      host->start_after(fault_.duration);
    }
    return true;
  }

  bool add() {
    if (world_.hosts().size() >= world_.plan.hosts + most_hosts_added) return false;
    world_.add_host().start();
    return true;
  }

  // When all have moved, nobody finds anybody any more.
  [[nodiscard]] bool are_others_known() const {
    const std::vector<Member> members = world_.ledger.configuration().members();
    return std::all_of(members.begin(), members.end(), [&](const Member& member) {
      const auto& hosts = world_.hosts();
      return member_name(member.id) == host_->name() || std::any_of(hosts.begin(), hosts.end(), [&](const auto& host) {
               return host->address() == member.address;
             });
    });
  }

  bool disturb_process() {
    Host& host = *host_;
    Process& process = *host.process();
    switch (fault_.kind) {
      case NodeFaultKind::pause:
        if (process.runtime.is_paused()) return false;
        process.runtime.pause();
        world_.time.at(world_.time.now() + fault_.duration, [&host, life = process.life] {
          if (host.process() != nullptr && host.process()->life == life) host.process()->runtime.go_on();
        });
        return true;
      case NodeFaultKind::power_at:
        host.disk().cut_power_at(host.disk().changes() + fault_.value);
        return true;
      case NodeFaultKind::stop:
        host.stop(fault_.duration);
        return true;
      case NodeFaultKind::move:
        if (!are_others_known()) return false;
        host.move();
        host.stop(fault_.duration);
        return true;
      default:
        host.kill(fault_.kind == NodeFaultKind::kill ? Crash::process_killed
                  : fault_.value % 2 == 0            ? Crash::power_lost
                                                     : Crash::nothing_kept);
        host.start_after(fault_.duration);
        return true;
    }
  }

  bool disturb_disk() {
    Host& host = *host_;
    if (fault_.kind == NodeFaultKind::stall_disk) {
      host.faults.stalling_syncs = 300;
      host.faults.longest_stall = std::chrono::milliseconds(400);
    } else if (fault_.kind == NodeFaultKind::fill_disk) {
      host.faults.capacity_bytes = host.disk().used_bytes() + fault_.value;
    } else {
      host.faults.failing_reads = host.faults.failing_writes = host.faults.failing_syncs = 10;
    }
    host.apply_faults();
    after(fault_.duration, [&host] {
      host.faults = {};
      host.apply_faults();
    });
    return true;
  }

  bool lose() {
    Host& host = *host_;
    world_.loses(host);
    if (fault_.kind == NodeFaultKind::wipe) {
      host.wipe();
      host.start_after(fault_.duration);
      return true;
    }
    host.set_suspect();
    if (fault_.kind == NodeFaultKind::rot) {
      host.kill(Crash::process_killed);
      rot(host);
      host.start_after(fault_.duration);
      return true;
    }
    if (fault_.kind == NodeFaultKind::lie) {
      host.faults.lying_syncs = 1000;
      host.apply_faults();
    } else if (fault_.value % 2 == 0) {
      host.disk().misdirect_next_write();
    } else {
      host.disk().lose_next_write();
    }
    const bool is_lie = fault_.kind == NodeFaultKind::lie;
    world_.time.at(world_.time.now() + (is_lie ? fault_.duration : noticed_after), [&host, is_lie] {
      host.faults = {};
      host.apply_faults();
      if (!host.is_suspect()) return;
      host.kill(is_lie ? Crash::nothing_kept : Crash::process_killed);
      host.start_after(noticed_after);
    });
    return true;
  }

  void rot(Host& host) const {
    Random random(fault_.value);
    const std::string file = random.chance(500) ? "log.db" : "log.db-wal";
    const std::uint64_t size = host.disk().content(file).size();
    // One after the other: compilers differ in which argument they look at first.
    const std::uint64_t offset = random.below(size);
    const auto bit = static_cast<unsigned>(random.below(8));
    host.disk().flip_bit(file, offset, bit);
  }

  bool operate() {
    Process& process = *host_->process();
    const TimePoint deadline = process.runtime.now() + operation_patience;
    const auto executor = process.runtime.executor();
    if (fault_.kind == NodeFaultKind::snapshot) {
      boost::asio::co_spawn(executor, process.node.take_snapshot(), [](auto&&...) {});
      return true;
    }
    if (fault_.kind == NodeFaultKind::transfer) {
      Host* const leader = world_.leader();
      if (leader == nullptr || leader == host_) return false;
      Process& leading = *leader->process();
      const TimePoint until = leading.runtime.now() + operation_patience;
      boost::asio::co_spawn(leading.runtime.executor(), leading.node.transfer(process.log.id(), until),
                            [](auto&&...) {});
      return true;
    }
    const Host* const target = world_.host(fault_.other);
    if (target == nullptr || !world_.is_whole()) return false;
    ++world_.removals;
    boost::asio::co_spawn(executor, process.node.remove(target->name(), deadline),
                          [&world = world_](auto&&...) { --world.removals; });
    return true;
  }

  NodeWorld& world_;
  const NodeFault& fault_;
  Host* host_;
};

}  // namespace

bool carry_out(NodeWorld& world, const NodeFault& fault) {
  return FaultMaker(world, fault).run();
}

void end_faults(NodeWorld& world) {
  world.healing = true;
  world.policy.end_noise();
  world.policy.heal_all();
  for (const auto& host : world.hosts()) {
    if (host->is_suspect() && host->process() != nullptr) {
      host->kill(Crash::process_killed);
      host->start_after(noticed_after);
    }
    host->faults = {};
    host->apply_faults();
    host->disk().cut_power_at(std::numeric_limits<std::uint64_t>::max());
    if (host->process() != nullptr) host->process()->runtime.go_on();
  }
}

}  // namespace consensus::simulator
