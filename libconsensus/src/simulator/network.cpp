// How messages and snapshots travel.
#include "simulator/network.hpp"

#include <algorithm>
#include <utility>

#include "simulator/member.hpp"
#include "simulator/trace.hpp"
#include "simulator/world.hpp"

namespace consensus::simulator {
namespace {

constexpr std::size_t remembered_letters = 512;

bool in_mask(std::uint64_t mask, MemberNumber member) noexcept {
  return (mask >> (member % 64U) & 1U) != 0;
}

}  // namespace

bool Cut::blocks(MemberNumber from, MemberNumber to) const noexcept {
  if (kind == ActionKind::cut) return from == node && to == other;
  if (kind == ActionKind::bridge && (from == node || to == node)) return false;
  return in_mask(mask, from) != in_mask(mask, to);
}

bool Network::is_open(MemberNumber from, MemberNumber to) const noexcept {
  return std::none_of(cuts_.begin(), cuts_.end(), [&](const OpenCut& open) { return open.cut.blocks(from, to); });
}

void Network::post(MemberNumber from, Message message) {
  ++world_.statistics.messages;
  const MemberNumber to = world_.number_of(message.to);
  if (to == 0) return;  // nobody has that name
  const MessageFate fate = world_.noise.message(from, to);
  Letter letter{from, ++posted_, std::move(message)};
  if (old_letters_.size() < remembered_letters) {
    old_letters_.push_back(letter);
  } else {
    old_letters_[oldest_++ % remembered_letters] = letter;
  }
  const bool lost = fate.dropped || !is_open(from, to);
  if (is_traced()) trace(world_.now, lost ? "loses" : "sends", letter.message);
  if (lost) return;
  if (fate.duplicate) schedule(letter, *fate.duplicate);
  schedule(std::move(letter), fate.delay);
}

void Network::schedule(Letter letter, Duration delay) {
  const MemberNumber to = world_.number_of(letter.message.to);
  const std::uint32_t slot = letters_.put(std::move(letter));
  world_.queue.push({.at = world_.now + world_.setup.network_latency + delay,
                     .kind = EventKind::deliver,
                     .node = to,
                     .life = 0,
                     .slot = slot});
}

void Network::deliver(const Event& event) {
  Letter letter = letters_.take(event.slot);
  SimulatedMember* to = world_.member(event.node);
  if (to == nullptr || !to->is_up() || !is_open(letter.from, event.node)) return;
  if (letter.from < lost_before_.size() && letter.posted <= lost_before_[letter.from]) return;
  if (is_traced()) trace(world_.now, "delivers", letter.message);
  world_.note(letter.message);
  to->give(input::Received{std::move(letter.message)});
}

void Network::replay(std::uint64_t value) {
  if (old_letters_.empty()) return;
  const std::uint64_t count = 1 + value % 8;
  for (std::uint64_t number = 0; number < count; ++number) {
    Letter letter = old_letters_[static_cast<std::size_t>((value / 8 + number) % old_letters_.size())];
    letter.posted = ++posted_;  // not lost with what its sender's crash took away
    if (world_.number_of(letter.message.to) != 0)
      schedule(std::move(letter), Duration(static_cast<std::int64_t>(number)));
  }
}

void Network::lose_sent(MemberNumber from) {
  if (lost_before_.size() <= from) lost_before_.resize(from + 1);
  lost_before_[from] = posted_;
}

void Network::begin_cut(const Cut& cut, Duration duration) {
  cuts_.push_back({++cuts_made_, cut});
  world_.queue.push({.at = world_.now + duration, .kind = EventKind::end_of_cut, .slot = cuts_made_});
}

void Network::end_cut(std::uint32_t number) {
  std::erase_if(cuts_, [&](const OpenCut& open) { return open.number == number; });
}

void Network::end_all_cuts() {
  cuts_.clear();
}

void Network::send_snapshot(MemberNumber from, const SnapshotOrder& order) {
  const SimulatedMember* sender = world_.member(from);
  const MemberNumber to = world_.number_of(order.message.to);
  Parcel parcel{.from = from, .sender_life = sender->life(), .to = to, .message = order.message};
  if (snapshots_to_.size() <= to) snapshots_to_.resize(to + 1);
  ++snapshots_to_[to];
  parcel.broken = to == 0 || !is_open(from, to) || world_.noise.breaks_snapshot(from, to);
  world_.queue.push({.at = world_.now + world_.setup.snapshot_latency,
                     .kind = EventKind::snapshot_arrived,
                     .slot = parcels_.put(std::move(parcel))});
}

void Network::snapshot_arrived(const Event& event) {
  Parcel parcel = parcels_.take(event.slot);
  const auto& meta = std::get<InstallSnapshot>(parcel.message.body).meta;
  SimulatedMember* to = world_.member(parcel.to);
  const SimulatedMember* from = world_.member(parcel.from);
  const PublishedSnapshot* snapshot = from == nullptr ? nullptr : from->disk().snapshot(meta);
  // A sender that has died since cannot have sent it all.
  const bool sender_lives = from != nullptr && from->is_up() && from->life() == parcel.sender_life;
  if (!parcel.broken && snapshot != nullptr && sender_lives && to != nullptr && to->is_up() &&
      is_open(parcel.from, parcel.to)) {
    parcel.delivered = true;
    to->disk().publish(*snapshot);
    ++world_.statistics.snapshots_installed;
    if (is_traced()) trace(world_.now, "delivers", parcel.message);
    world_.note(parcel.message);
    to->give(input::Received{parcel.message});
  }
  answer_sender(std::move(parcel));
}

void Network::answer_sender(Parcel parcel) {
  const MemberNumber from = parcel.from;
  const std::uint32_t life = parcel.sender_life;
  const std::uint32_t slot = parcels_.put(std::move(parcel));
  world_.queue.push({.at = world_.now + world_.setup.network_latency,
                     .kind = EventKind::snapshot_sent,
                     .node = from,
                     .life = life,
                     .slot = slot});
}

void Network::snapshot_sent(const Event& event) {
  const Parcel parcel = parcels_.take(event.slot);
  SimulatedMember* sender = world_.member(event.node);
  if (sender == nullptr || !sender->is_up() || sender->life() != event.life) return;
  sender->give(input::SnapshotSent{parcel.message.to, parcel.delivered});
}

std::uint64_t Network::snapshots_to(MemberNumber to) const noexcept {
  return to < snapshots_to_.size() ? snapshots_to_[to] : 0;
}

void Network::reset_snapshot_counts() {
  snapshots_to_.clear();
}

}  // namespace consensus::simulator
