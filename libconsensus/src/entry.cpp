// Entries and their chain.
#include "consensus/entry.hpp"

#include <utility>

namespace consensus {
namespace {

// Mixes 64 bits so that every input bit reaches every output bit (the finalizer of SplitMix64).
constexpr std::uint64_t mix(std::uint64_t value) noexcept {
  value = (value ^ (value >> 30U)) * 0xbf58476d1ce4e5b9U;
  value = (value ^ (value >> 27U)) * 0x94d049bb133111ebU;
  return value ^ (value >> 31U);
}

std::uint64_t chain_after(std::uint64_t before, const Entry& entry) noexcept {
  const std::uint64_t content = static_cast<std::uint64_t>(entry.checksum) << 32U ^ entry.payload.size() << 8U ^
                                static_cast<std::uint64_t>(entry.kind);
  return mix(mix(before + 0x9e3779b97f4a7c15U * entry.term.value()) ^ content);
}

}  // namespace

Payload::Payload(std::string bytes) {
  auto kept = std::make_shared<const std::string>(std::move(bytes));
  bytes_ = *kept;
  owner_ = std::move(kept);
}

Payload::Payload(std::shared_ptr<const void> owner, std::string_view bytes) noexcept
    : owner_(std::move(owner)), bytes_(bytes) {}

Entry make_entry(const LogPosition& previous, Term term, EntryKind kind, Payload payload) {
  Entry entry{.term = term, .index = previous.index.next(), .kind = kind, .payload = std::move(payload)};
  entry.checksum = crc32c(entry.payload.view());
  entry.chain = chain_after(previous.chain, entry);
  return entry;
}

bool follows(const Entry& entry, const LogPosition& previous) noexcept {
  return entry.index == previous.index.next() && entry.term >= previous.term &&
         entry.checksum == crc32c(entry.payload.view()) && entry.chain == chain_after(previous.chain, entry);
}

}  // namespace consensus
