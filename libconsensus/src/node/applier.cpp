// Applying committed entries.
#include "node/applier.hpp"

#include <unordered_map>
#include <utility>

#include "node/envelope.hpp"

namespace consensus {
namespace {

// A batch's commands without those whose key was there before, and where each entry's answer comes from.
struct Batch {
  struct Source {
    Index index;
    std::size_t command;                              // position among the commands
    std::optional<RememberedKeys::Found> remembered;  // or the answer of the first time
  };
  std::vector<Command> commands;
  std::vector<std::string> keys;  // of the commands
  std::vector<Source> sources;
};

Result<Batch> make_batch(std::span<const Entry> entries, const RememberedKeys& known) {
  Batch batch;
  std::unordered_map<std::string, std::size_t> keys_here;
  for (const Entry& entry : entries) {
    if (entry.kind != EntryKind::command) continue;
    Result<Envelope> envelope = open_envelope(entry.payload.view());
    if (!envelope) return envelope.error();
    std::string key(envelope->key);
    if (!key.empty()) {
      if (auto found = known.find(key)) {
        batch.sources.push_back({entry.index, 0, std::move(found)});
        continue;
      }
      const auto [at, added] = keys_here.try_emplace(key, batch.commands.size());
      if (!added) {
        batch.sources.push_back({entry.index, at->second, std::nullopt});
        continue;
      }
    }
    batch.sources.push_back({entry.index, batch.commands.size(), std::nullopt});
    batch.commands.push_back({entry.index, envelope->command});
    batch.keys.push_back(std::move(key));
  }
  return batch;
}

}  // namespace

void Applier::start_at(LogPosition position, ConfigurationAt configuration, RememberedKeys keys) {
  position_ = position;
  configuration_ = std::move(configuration);
  keys_ = std::move(keys);
}

Result<void> Applier::remember(std::span<const Entry> entries) {
  for (const Entry& entry : entries) {
    if (entry.kind != EntryKind::command) continue;
    Result<Envelope> envelope = open_envelope(entry.payload.view());
    if (!envelope) return envelope.error();
    if (!envelope->key.empty()) keys_.remember(std::string(envelope->key), entry.index, {});
  }
  return {};
}

Result<std::vector<Applier::Answer>> Applier::apply(std::span<const Entry> entries) {
  if (entries.empty()) return std::vector<Answer>();
  if (entries.front().index != position_.index.next()) {
    return make_error(Errc::corrupt, "entry " + std::to_string(entries.front().index.value()) + " after " +
                                         std::to_string(position_.index.value()));
  }
  Result<Batch> batch = make_batch(entries, keys_);
  if (!batch) return batch.error();
  Result<std::vector<std::string>> answers = state_machine_->apply(batch->commands, entries.back().index);
  if (!answers) return answers.error();
  if (answers->size() != batch->commands.size()) {
    return make_error(Errc::state_machine_failed, "as many answers as commands are needed");
  }
  std::vector<Answer> result;
  result.reserve(batch->sources.size());
  for (Batch::Source& source : batch->sources) {
    result.push_back({source.index, source.remembered ? source.remembered->answer : (*answers)[source.command]});
  }
  for (std::size_t i = 0; i < batch->commands.size(); ++i) {
    if (batch->keys[i].empty()) continue;
    keys_.remember(std::move(batch->keys[i]), batch->commands[i].index, std::move((*answers)[i]));
  }
  position_ = entries.back().position();
  for (const Entry& entry : entries) {
    if (entry.kind != EntryKind::configuration) continue;
    Result<Configuration> configuration = decode_configuration(entry.payload.view());
    if (!configuration) return configuration.error();
    configuration_ = {entry.index, std::move(*configuration)};
  }
  return result;
}

SnapshotMeta Applier::meta() const {
  return {position_, configuration_.configuration, configuration_.index};
}

}  // namespace consensus
