// Single values out of the database.
#include "state/record_store.hpp"

namespace orchestrator::state {

std::optional<std::uint64_t> RecordStore::number(const std::string& text, const std::vector<Value>& parameters) {
  const ValueType type = ValueType::number;
  const auto row = database_.select(text, parameters, std::span(&type, 1))->next();
  if (!row) return std::nullopt;
  return static_cast<std::uint64_t>(std::get<std::int64_t>(row->front()));
}

std::optional<std::string> RecordStore::text(const std::string& text, const std::vector<Value>& parameters) {
  const ValueType type = ValueType::text;
  auto row = database_.select(text, parameters, std::span(&type, 1))->next();
  if (!row) return std::nullopt;
  return std::get<std::string>(std::move(row->front()));
}

}  // namespace orchestrator::state
