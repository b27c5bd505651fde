// Remembered idempotency keys and their stored form.
#include "node/remembered_keys.hpp"

#include <utility>

#include "bytes.hpp"

namespace consensus {

std::optional<RememberedKeys::Found> RememberedKeys::find(const std::string& key) const {
  const auto at = found_.find(key);
  if (at == found_.end()) return std::nullopt;
  return at->second;
}

void RememberedKeys::remember(std::string key, Index index, std::string answer) {
  if (answer.size() > max_answer_bytes) answer.clear();
  const bool added = found_.try_emplace(key, Found{index, std::move(answer)}).second;
  if (!added) return;
  order_.push_back(std::move(key));
  if (order_.size() <= max_keys) return;
  found_.erase(order_.front());
  order_.pop_front();
}

void RememberedKeys::clear() {
  found_.clear();
  order_.clear();
}

std::string RememberedKeys::to_bytes() const {
  ByteWriter writer;
  writer.number(order_.size());
  for (const std::string& key : order_) {
    writer.text(key);
    writer.number(found_.at(key).index.value());
  }
  return writer.take();
}

Result<RememberedKeys> RememberedKeys::from_bytes(std::string_view bytes) {
  ByteReader reader(bytes);
  RememberedKeys keys;
  for (std::uint64_t left = reader.count(2); left > 0; --left) {
    std::string key(reader.text());
    const Index index(reader.number());
    keys.remember(std::move(key), index, {});
  }
  if (!reader.finished()) return make_error(Errc::malformed, "idempotency keys of a snapshot");
  return keys;
}

}  // namespace consensus
