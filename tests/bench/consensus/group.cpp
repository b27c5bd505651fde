// Three members of one implementation on this machine, with their data and ports, and how they become a group.
#include "group.hpp"

#include <stdexcept>
#include <utility>
#include <vector>

#include "wait_until.hpp"

namespace consensus_bench {
namespace {

using namespace std::chrono_literals;

constexpr auto patience = 60s;

}  // namespace

Group::Group(Side side, std::optional<std::uint64_t> trailing) : side_(std::move(side)), trailing_(trailing) {
  for (const char* id : {"a", "b", "c"}) start(id);
  for (const char* id : {"b", "c"}) add(id, JoinAs::voter);
}

std::string Group::address(const std::string& id) {
  return "127.0.0.1:" + std::to_string(ports_[id].port());
}

void Group::start(const std::string& id) {
  std::vector<std::string> command{side_.program,         "--id", id, "--address", address(id), "--data",
                                   directory_.path() / id};
  if (id == "a") command.emplace_back("--found");
  if (trailing_) {
    command.emplace_back("--trailing");
    command.push_back(std::to_string(*trailing_));
  }
  members_[id] = std::make_unique<MemberProcess>(std::move(command));
  members_[id]->expect("ready", patience);
}

std::string Group::leader() {
  std::vector<std::string> leading;
  const bool one = support::wait_until(
      [&] {
        leading.clear();
        for (const auto& [id, process] : members_) {
          if (process->ask("status", "status", patience).number("leads") > 0) leading.push_back(id);
        }
        return leading.size() == 1;  // one of before may not yet know that it is no longer
      },
      patience);
  if (!one) throw std::runtime_error(std::to_string(leading.size()) + " members lead: " + side_.name);
  return leading.front();
}

void Group::begin_to_add(const std::string& leader, const std::string& id, JoinAs as) {
  const std::string kind = as == JoinAs::learner ? " learner" : " voter";
  member(leader).tell("add " + id + " " + address(id) + kind);
  member(id).tell("join " + address(leader) + kind);
}

void Group::add(const std::string& id, JoinAs as) {
  const std::string leading = leader();
  begin_to_add(leading, id, as);
  member(leading).expect("added", patience);
  member(id).expect("joined", patience);
}

void Group::remove(const std::string& id) {
  member(leader()).ask("remove " + id, "removed", patience);
  kill(id);
  std::filesystem::remove_all(directory_.path() / id);
}

void Group::kill(const std::string& id) {
  members_.at(id)->kill();
  members_.erase(id);
}

void Group::quit() {
  for (auto& [id, process] : members_) process->quit();
  members_.clear();
}

}  // namespace consensus_bench
