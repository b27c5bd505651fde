// Publishes, finds and removes snapshots' files.
#include "storage/snapshot_files.hpp"

#include <algorithm>
#include <utility>

#include "bytes.hpp"
#include "storage/snapshot_stream.hpp"

namespace consensus {
namespace {

constexpr std::string_view data_suffix = ".data";
constexpr std::string_view manifest_suffix = ".manifest";
constexpr std::string_view partial_suffix = ".partial";
constexpr std::string_view unfinished_suffix = ".tmp";
constexpr std::size_t largest_manifest_bytes = 64U << 20U;

// The name without the suffix, if it has that suffix.
std::optional<std::string> stem(const std::string& name, std::string_view suffix) {
  if (!name.ends_with(suffix)) return std::nullopt;
  return name.substr(0, name.size() - suffix.size());
}

}  // namespace

Result<void> SnapshotFiles::load() {
  const std::lock_guard lock(mutex_);
  const Result<std::vector<std::string>> names = folder_->list();
  if (!names) return names.error();
  for (const std::string& name : *names) {
    if (!stem(name, manifest_suffix)) continue;
    Result<std::optional<SnapshotManifest>> manifest = load_manifest(name);
    if (!manifest) return manifest.error();
    if (*manifest) {
      std::string id = (*manifest)->id;
      published_.emplace(std::move(id), std::move(**manifest));
    }
  }
  for (const std::string& name : *names) {
    std::optional<std::string> id = stem(name, manifest_suffix);
    if (!id) id = stem(name, data_suffix);
    const bool is_remainder = id ? !published_.contains(*id) : name.ends_with(unfinished_suffix);
    if (!is_remainder) continue;
    Result<void> removed = folder_->remove(name);
    if (!removed) return removed;
  }
  return remove_partials();
}

// Nothing when the manifest, or the size of its data, is not right.
Result<std::optional<SnapshotManifest>> SnapshotFiles::load_manifest(const std::string& name) {
  Result<std::unique_ptr<FolderFile>> file = folder_->open(name, FileOpening::existing);
  if (!file) return file.error();
  const Result<std::uint64_t> manifest_bytes = (*file)->size();
  if (!manifest_bytes) return manifest_bytes.error();
  if (*manifest_bytes > largest_manifest_bytes) return std::optional<SnapshotManifest>();
  const Result<std::string> bytes = (*file)->read(0, static_cast<std::size_t>(*manifest_bytes));
  if (!bytes) return bytes.error();
  ByteReader in(*bytes);
  const std::uint32_t checksum = in.u32();
  if (!in.ok() || crc32c(in.rest()) != checksum) return std::optional<SnapshotManifest>();
  Result<SnapshotManifest> manifest = decode_manifest(in.rest());
  if (!manifest || manifest_name(manifest->id) != name) return std::optional<SnapshotManifest>();
  Result<std::unique_ptr<FolderFile>> data = folder_->open(data_name(manifest->id), FileOpening::existing);
  if (!data) return std::optional<SnapshotManifest>();
  const Result<std::uint64_t> size = (*data)->size();
  if (!size) return size.error();
  if (*size != manifest->size) return std::optional<SnapshotManifest>();
  return std::optional<SnapshotManifest>(std::move(*manifest));
}

std::vector<SnapshotManifest> SnapshotFiles::list() const {
  const std::lock_guard lock(mutex_);
  std::vector<SnapshotManifest> manifests;
  for (const auto& [id, manifest] : published_) manifests.push_back(manifest);
  std::sort(manifests.begin(), manifests.end(), is_newer);
  return manifests;
}

std::optional<SnapshotManifest> SnapshotFiles::find(const std::string& id) const {
  const std::lock_guard lock(mutex_);
  const auto found = published_.find(id);
  return found == published_.end() ? std::nullopt : std::optional<SnapshotManifest>(found->second);
}

// The manifest goes first: data without one are a remainder.
Result<void> SnapshotFiles::retain(std::size_t count) {
  const std::vector<SnapshotManifest> all = list();
  const std::lock_guard lock(mutex_);
  for (std::size_t i = count; i < all.size(); ++i) {
    const std::string& id = all[i].id;
    published_.erase(id);
    Result<void> removed = folder_->remove(manifest_name(id));
    if (removed) removed = folder_->remove(data_name(id));
    if (!removed) return removed;
  }
  return remove_partials();
}

// Of what nobody receives at the moment, only the newest is worth going on with, and only if it is newer than what is
// published. Ids sort as the snapshots' positions do.
Result<void> SnapshotFiles::remove_partials() {
  const Result<std::vector<std::string>> names = folder_->list();
  if (!names) return names.error();
  std::string newest;
  for (const auto& [id, manifest] : published_) newest = std::max(newest, id);
  for (auto name = names->rbegin(); name != names->rend(); ++name) {
    const std::optional<std::string> id = stem(*name, partial_suffix);
    if (!id || receiving_.contains(*id)) continue;
    if (*id > newest) {
      newest = *id;
      continue;
    }
    Result<void> removed = folder_->remove(*name);
    if (!removed) return removed;
  }
  return {};
}

std::string SnapshotFiles::next_name() {
  const std::lock_guard lock(mutex_);
  return "writing-" + std::to_string(++names_) + std::string(unfinished_suffix);
}

Result<void> SnapshotFiles::publish(const std::string& name, const SnapshotManifest& manifest) {
  const std::lock_guard lock(mutex_);
  if (published_.contains(manifest.id)) return folder_->remove(name);
  Result<void> done = folder_->rename(name, data_name(manifest.id));
  if (done) done = folder_->sync();
  if (done) done = write_manifest(manifest);
  if (done) published_.emplace(manifest.id, manifest);
  return done;
}

Result<void> SnapshotFiles::write_manifest(const SnapshotManifest& manifest) {
  const std::string body = encode(manifest);
  ByteWriter out;
  out.u32(crc32c(body));
  out.raw(body);
  const std::string unfinished = manifest_name(manifest.id) + std::string(unfinished_suffix);
  Result<std::unique_ptr<FolderFile>> file = folder_->open(unfinished, FileOpening::make_new);
  if (!file) return file.error();
  Result<void> done = (*file)->write(0, out.take());
  if (done) done = (*file)->sync();
  if (done) done = folder_->rename(unfinished, manifest_name(manifest.id));
  if (done) done = folder_->sync();
  return done;
}

bool SnapshotFiles::begin_receiving(const std::string& id) {
  const std::lock_guard lock(mutex_);
  return receiving_.insert(id).second;
}

void SnapshotFiles::end_receiving(const std::string& id) {
  const std::lock_guard lock(mutex_);
  receiving_.erase(id);
}

}  // namespace consensus
