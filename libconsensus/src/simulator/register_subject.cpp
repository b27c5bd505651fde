// Clients of registers and lists, whose history is checked for linearizability.
#include <map>
#include <unordered_map>
#include <utility>

#include "consensus/simulator/linearizability.hpp"
#include "consensus/simulator/models.hpp"
#include "consensus/simulator/subject.hpp"
#include "simulator/register_machine.hpp"

namespace consensus::simulator {

void Subject::called(std::uint64_t, std::uint64_t, const Request&) {}
void Subject::returned(std::uint64_t, std::uint64_t, std::string_view) {}
void Subject::failed(std::uint64_t) {}
std::optional<std::string> Subject::check(StateMachine&) {
  return std::nullopt;
}
std::optional<std::string> Subject::verdict() {
  return std::nullopt;
}

namespace {

constexpr std::uint64_t registers = 10;
constexpr std::uint64_t lists = 5;

class RegisterSubject final : public Subject {
 public:
  std::unique_ptr<StateMachine> make_state_machine() override { return std::make_unique<RegisterMachine>(); }

  Request make_request(std::uint64_t number, Random& random) override {
    RegisterRequest request{.key = random.below(registers), .value = number};
    RequestKind kind = RequestKind::command;
    const std::uint64_t dice = random.below(100);
    if (dice < 30) {
      request.operation = RegisterOperation::write;
    } else if (dice < 45) {
      request.operation = RegisterOperation::compare_and_set;
      const auto seen = last_seen_.find(request.key);
      request.expected = seen == last_seen_.end() ? 0 : seen->second;
    } else if (dice < 60) {
      request.operation = RegisterOperation::append;
      request.key = random.below(lists);
    } else {
      const bool list = random.chance(300);
      request = {.operation = list ? RegisterOperation::read_list : RegisterOperation::read,
                 .key = random.below(list ? lists : registers)};
      kind = dice < 80 ? RequestKind::quorum_read : RequestKind::lease_read;
    }
    return {kind, request.encode()};
  }

  std::string read(StateMachine& state_machine, std::string_view bytes) override {
    const auto request = RegisterRequest::decode(bytes);
    return request ? static_cast<RegisterMachine&>(state_machine).read(*request) : std::string();
  }

  void called(std::uint64_t number, std::uint64_t moment, const Request& request) override {
    const auto decoded = RegisterRequest::decode(request.bytes);
    if (!decoded) return;
    places_[number] = operations_.size();
    operations_.push_back({.request = *decoded, .called = moment});
  }

  void returned(std::uint64_t number, std::uint64_t moment, std::string_view answer) override {
    const auto place = places_.find(number);
    if (place == places_.end()) return;
    Seen& seen = operations_[place->second];
    // It was repeated, and nobody remembers whether the first attempt has set the value.
    if (seen.request.operation == RegisterOperation::compare_and_set && answer.empty()) return;
    seen.returned = moment;
    seen.answer = decode_numbers(answer);
    if (seen.request.operation == RegisterOperation::read) last_seen_[seen.request.key] = first(seen.answer);
  }

  void failed(std::uint64_t number) override {
    const auto place = places_.find(number);
    if (place != places_.end()) operations_[place->second].failed = true;
  }

  std::optional<std::string> verdict() override {
    History<RegisterModel> of_registers;
    History<ListModel> of_lists;
    for (const Seen& seen : operations_) {
      if (seen.failed || (is_read(seen) && !seen.returned)) continue;
      add(seen, of_registers, of_lists);
    }
    constexpr std::size_t budget = 200'000;
    if (const auto verdict = of_registers.check(budget); verdict.result == Linearizability::no) {
      return explain(verdict, of_registers.operations(verdict.key)[verdict.stuck_at].called);
    }
    if (const auto verdict = of_lists.check(budget); verdict.result == Linearizability::no) {
      return explain(verdict, of_lists.operations(verdict.key)[verdict.stuck_at].called);
    }
    return std::nullopt;
  }

 private:
  struct Seen {
    RegisterRequest request{};
    std::uint64_t called = 0;
    std::optional<std::uint64_t> returned{};
    std::vector<std::uint64_t> answer{};
    bool failed = false;
  };

  static std::uint64_t first(const std::vector<std::uint64_t>& numbers) { return numbers.empty() ? 0 : numbers[0]; }

  static bool is_read(const Seen& seen) {
    return seen.request.operation == RegisterOperation::read || seen.request.operation == RegisterOperation::read_list;
  }

  static void add(const Seen& seen, History<RegisterModel>& of_registers, History<ListModel>& of_lists) {
    const RegisterRequest& request = seen.request;
    const std::string key = std::to_string(request.key);
    const auto on_register = [&](RegisterModel::Kind kind) {
      of_registers.add(key,
                       {seen.called, seen.returned, {kind, request.value, request.expected}, {first(seen.answer)}});
    };
    switch (request.operation) {
      case RegisterOperation::write:
        return on_register(RegisterModel::Kind::write);
      case RegisterOperation::compare_and_set:
        return on_register(RegisterModel::Kind::compare_and_set);
      case RegisterOperation::read:
        return on_register(RegisterModel::Kind::read);
      case RegisterOperation::append:
        return of_lists.add(key, {seen.called, seen.returned, {ListModel::Kind::append, request.value}, {}});
      case RegisterOperation::read_list:
        return of_lists.add(key, {seen.called, seen.returned, {ListModel::Kind::read, 0}, {seen.answer}});
    }
  }

  static std::string explain(const HistoryVerdict& verdict, std::uint64_t moment) {
    return "the history of key " + verdict.key + " is not linearizable: nothing explains what was called at moment " +
           std::to_string(moment);
  }

  std::vector<Seen> operations_;
  std::unordered_map<std::uint64_t, std::size_t> places_;  // by number; only looked up
  std::map<std::uint64_t, std::uint64_t> last_seen_;
};

}  // namespace

std::unique_ptr<Subject> make_register_subject() {
  return std::make_unique<RegisterSubject>();
}

}  // namespace consensus::simulator
