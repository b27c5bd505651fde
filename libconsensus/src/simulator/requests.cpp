// The life of a client's request.
#include "simulator/requests.hpp"

#include <algorithm>
#include <utility>

#include "simulator/member.hpp"
#include "simulator/world.hpp"

namespace consensus::simulator {
namespace {

constexpr std::size_t number_size = 8;

}  // namespace

std::string Requests::wrap(std::uint64_t number, std::string_view bytes) {
  std::string command;
  command.reserve(number_size + bytes.size());
  for (unsigned byte = 0; byte < number_size; ++byte) command.push_back(static_cast<char>(number >> 8 * byte & 0xffU));
  command += bytes;
  return command;
}

std::uint64_t Requests::number_of(std::string_view command) noexcept {
  std::uint64_t number = 0;
  for (std::size_t byte = 0; byte < std::min(command.size(), number_size); ++byte) {
    number |= static_cast<std::uint64_t>(static_cast<unsigned char>(command[byte])) << 8 * byte;
  }
  return number;
}

std::string_view Requests::bytes_of(std::string_view command) noexcept {
  return command.substr(std::min(command.size(), number_size));
}

std::uint32_t Requests::ask(SimulatedMember& member, std::uint64_t number) {
  const auto place = static_cast<std::uint32_t>(all_.size());
  Random random(mix(number, 1));
  Pending pending{.number = number, .request = world_.subject->make_request(number, random)};
  pending.member = member.number();
  pending.life = member.life();
  pending.committed = world_.ledger.committed();
  ++world_.statistics.requests;
  places_.emplace(number, place);
  open_.push_back(place);
  world_.subject->called(number, ++moment_, pending.request);
  const RequestId id(place + 1);
  const RequestKind kind = pending.request.kind;
  std::string command = kind == RequestKind::command ? wrap(number, pending.request.bytes) : std::string();
  all_.push_back(std::move(pending));
  world_.queue.push(
      {.at = world_.now + world_.setup.client_timeout, .kind = EventKind::request_timeout, .slot = place});
  switch (kind) {
    case RequestKind::command:
      member.give(input::Propose{id, Payload(std::move(command))});
      break;
    case RequestKind::quorum_read:
      member.give(input::ReadBarrier{id, ReadMode::quorum});
      break;
    case RequestKind::lease_read:
      member.give(input::ReadBarrier{id, ReadMode::lease});
      break;
  }
  return place;
}

void Requests::complete(SimulatedMember& member, const Completion& completion) {
  const std::uint64_t id = completion.request.value();
  if (id == 0 || id > all_.size()) return;  // of an action, not of a client
  const auto place = static_cast<std::uint32_t>(id - 1);
  Pending& pending = all_[place];
  if (pending.member != member.number() || pending.life != member.life()) {
    world_.fail("foreign-completion", "a core completed a request that it was never given");
    return;
  }
  if (pending.state != State::open) return;
  if (!completion.result) {
    end(place, is_outcome_unknown(completion.result.error()) ? State::unknown : State::failed, {});
    return;
  }
  pending.index = *completion.result;
  if (pending.request.kind == RequestKind::command) {
    if (pending.has_early_answer) {
      if (pending.applied_at != pending.index) {
        world_.fail("wrong-index", "a proposal was completed with another index than its entry's");
      }
      end(place, State::answered, pending.early_answer);
    } else {
      pending.state = State::granted;
    }
    return;
  }
  if (pending.index < pending.committed) {
    world_.fail("stale-read", "a read at " + member.id().name() + " may be answered at index " +
                                  std::to_string(pending.index.value()) + " though " +
                                  std::to_string(pending.committed.value()) + " was committed before it began");
    return;
  }
  pending.state = State::granted;
  if (member.applied() >= pending.index) answer_read(member, place);
}

void Requests::advanced(SimulatedMember& member) {
  for (std::size_t at = open_.size(); at-- > 0;) {
    const std::uint32_t place = open_[at];
    const Pending& pending = all_[place];
    if (pending.member != member.number() || pending.state != State::granted) continue;
    if (pending.request.kind == RequestKind::command) {
      // Applied by way of a snapshot: the answer is lost.
      if (member.applied() >= pending.index) end(place, State::unknown, {});
    } else if (member.applied() >= pending.index) {
      answer_read(member, place);
    }
  }
}

void Requests::answer_read(SimulatedMember& member, std::uint32_t place) {
  const std::string answer = world_.subject->read(member.machine(), all_[place].request.bytes);
  end(place, State::answered, answer);
}

Requests::Pending* Requests::find(std::uint64_t number) {
  const auto found = places_.find(number);
  return found == places_.end() ? nullptr : &all_[found->second];
}

void Requests::applied(SimulatedMember& member, Index index, std::string_view command, std::string_view answer) {
  Pending* pending = find(number_of(command));
  if (pending == nullptr) return;
  if (pending->applied_at.is_zero()) pending->applied_at = index;
  if (pending->applied_at != index) {
    world_.fail("applied-twice", "one proposal was committed at " + std::to_string(pending->applied_at.value()) +
                                     " and at " + std::to_string(index.value()));
    return;
  }
  if (pending->state == State::failed) {
    world_.fail("refused-but-applied", "a client was told that nothing happened, but index " +
                                           std::to_string(index.value()) + " is its entry");
    return;
  }
  if (pending->member != member.number() || pending->life != member.life()) return;
  if (pending->state == State::open) {
    pending->has_early_answer = true;
    pending->early_answer = answer;
  } else if (pending->state == State::granted) {
    if (pending->index != index) world_.fail("wrong-index", "a proposal was completed with another index than its own");
    end(static_cast<std::uint32_t>(pending - all_.data()), State::answered, answer);
  }
}

void Requests::timed_out(std::uint32_t place) {
  const Pending& pending = all_[place];
  if (pending.state == State::open || pending.state == State::granted) end(place, State::unknown, {});
}

void Requests::crashed(const SimulatedMember& member) {
  for (std::size_t at = open_.size(); at-- > 0;) {
    if (all_[open_[at]].member == member.number()) end(open_[at], State::unknown, {});
  }
}

void Requests::end(std::uint32_t place, State how, std::string_view answer) {
  Pending& pending = all_[place];
  pending.state = how;
  open_.erase(std::find(open_.begin(), open_.end(), place));
  ended_.push_back(place);
  switch (how) {
    case State::answered:
      ++world_.statistics.answered;
      world_.subject->returned(pending.number, ++moment_, answer);
      return;
    case State::failed:
      world_.subject->failed(pending.number);
      if (!pending.applied_at.is_zero()) {
        world_.fail("refused-but-applied", "a client was told that nothing happened, but its entry was applied");
      }
      return;
    case State::open:
    case State::granted:
    case State::unknown:
      ++world_.statistics.unknown;
      return;
  }
}

std::vector<std::uint32_t> Requests::take_ended() {
  return std::exchange(ended_, {});
}

}  // namespace consensus::simulator
