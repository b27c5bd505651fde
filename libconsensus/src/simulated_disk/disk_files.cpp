// Page cache, durable sectors and names of a simulated disk.
#include "simulated_disk/disk_files.hpp"

#include <algorithm>
#include <array>

namespace consensus::simulator {
namespace {

// Writes over the bytes, growing them with zeros where needed.
void lay(std::string& bytes, std::uint64_t offset, std::string_view piece) {
  if (bytes.size() < offset + piece.size()) bytes.resize(static_cast<std::size_t>(offset + piece.size()), '\0');
  bytes.replace(static_cast<std::size_t>(offset), piece.size(), piece);
}

void carry_out(std::string& bytes, const DiskFile::Change& change) {
  if (change.is_truncation) {
    bytes.resize(static_cast<std::size_t>(change.offset), '\0');
  } else {
    lay(bytes, change.offset, change.bytes);
  }
}

}  // namespace

std::vector<std::string> DiskFiles::names() const {
  std::vector<std::string> names;
  for (const auto& [name, file] : names_) names.push_back(name);
  return names;
}

DiskFilePointer DiskFiles::find(const std::string& name) const {
  const auto found = names_.find(name);
  return found == names_.end() ? nullptr : found->second;
}

bool DiskFiles::begin_change() {
  if (changes_++ >= cut_at_) is_cut_ = true;
  return !is_cut_;
}

DiskStatus DiskFiles::change_names(NameChange change) {
  if (!begin_change()) return DiskStatus::failed;
  for (const auto& [name, file] : change) {
    if (file) {
      names_[name] = file;
    } else {
      names_.erase(name);
    }
  }
  pending_names_.push_back(std::move(change));
  return DiskStatus::done;
}

DiskFilePointer DiskFiles::make(const std::string& name) {
  if (DiskFilePointer file = find(name)) return file;
  auto file = std::make_shared<DiskFile>();
  return change_names({{name, file}}) == DiskStatus::done ? file : nullptr;
}

DiskStatus DiskFiles::rename(const std::string& from, const std::string& to) {
  DiskFilePointer file = find(from);
  if (!file) return DiskStatus::failed;
  return change_names({{from, nullptr}, {to, std::move(file)}});
}

DiskStatus DiskFiles::remove(const std::string& name) {
  return exists(name) ? change_names({{name, nullptr}}) : DiskStatus::done;
}

DiskStatus DiskFiles::sync_names() {
  if (!begin_change()) return DiskStatus::failed;
  if (random_.chance(faults_.failing_syncs)) return DiskStatus::failed;
  durable_names_ = names_;
  pending_names_.clear();
  return DiskStatus::done;
}

std::optional<std::string> DiskFiles::read(const OpenFile& open, std::uint64_t offset, std::size_t bytes) {
  if (!is_alive(open) || random_.chance(faults_.failing_reads)) return std::nullopt;
  const std::string& seen = open.file->seen;
  return offset < seen.size() ? seen.substr(static_cast<std::size_t>(offset), bytes) : std::string();
}

// What the page cache will write back later: the whole sectors around the bytes.
void DiskFiles::put(DiskFile& file, std::uint64_t offset, std::string_view bytes) {
  lay(file.seen, offset, bytes);
  const std::uint64_t begin = offset / sector_bytes * sector_bytes;
  const std::uint64_t end = (offset + bytes.size() + sector_bytes - 1) / sector_bytes * sector_bytes;
  file.pending.push_back(
      {.offset = begin,
       .bytes = file.seen.substr(static_cast<std::size_t>(begin), static_cast<std::size_t>(end - begin)),
       .is_truncation = false});
}

DiskStatus DiskFiles::write(const OpenFile& open, std::uint64_t offset, std::string_view bytes) {
  if (open.life != life_) return DiskStatus::failed;
  const bool was_cut = is_cut_;
  const bool is_possible = begin_change();
  if (was_cut) return DiskStatus::failed;
  DiskFile& file = *open.file;
  const std::uint64_t growth = offset + bytes.size() > file.seen.size() ? offset + bytes.size() - file.seen.size() : 0;
  if (growth > free_bytes()) return DiskStatus::no_space;
  if (is_possible && random_.chance(faults_.failing_writes)) return DiskStatus::failed;
  if (std::exchange(lose_, false)) return DiskStatus::done;
  if (std::exchange(misdirect_, false) && file.seen.size() >= 2 * sector_bytes) {
    const std::uint64_t sectors = file.seen.size() / sector_bytes;
    offset = (offset / sector_bytes + 1 + random_.below(sectors - 1)) % sectors * sector_bytes;
  }
  put(file, offset, bytes);
  return is_possible ? DiskStatus::done : DiskStatus::failed;
}

DiskStatus DiskFiles::truncate(const OpenFile& open, std::uint64_t size) {
  if (open.life != life_ || !begin_change()) return DiskStatus::failed;
  DiskFile& file = *open.file;
  if (size > file.seen.size() && size - file.seen.size() > free_bytes()) return DiskStatus::no_space;
  file.pending.push_back({.offset = size, .bytes = {}, .is_truncation = true});
  carry_out(file.seen, file.pending.back());
  return DiskStatus::done;
}

DiskStatus DiskFiles::sync(const OpenFile& open) {
  if (open.life != life_ || !begin_change()) return DiskStatus::failed;
  if (stalled_ && random_.chance(faults_.stalling_syncs)) {
    const auto longest = static_cast<std::uint64_t>(faults_.longest_stall.count());
    stalled_(Duration(static_cast<Duration::rep>(random_.below(longest + 1))));
  }
  DiskFile& file = *open.file;
  if (random_.chance(faults_.failing_syncs)) {
    drop_pending(file);
    return DiskStatus::failed;
  }
  if (random_.chance(faults_.lying_syncs)) return DiskStatus::done;
  for (const DiskFile::Change& change : file.pending) carry_out(file.durable, change);
  file.pending.clear();
  return DiskStatus::done;
}

// The pages are taken for clean; whether readers still see them depends on how soon the cache forgets them.
void DiskFiles::drop_pending(DiskFile& file) {
  file.pending.clear();
  if (random_.chance(500)) file.seen = file.durable;
}

std::uint64_t DiskFiles::used_bytes() const {
  std::uint64_t used = 0;
  for (const auto& [name, file] : names_) used += file->seen.size();
  return used;
}

std::uint64_t DiskFiles::free_bytes() const {
  const std::uint64_t used = used_bytes();
  return faults_.capacity_bytes > used ? faults_.capacity_bytes - used : 0;
}

void DiskFiles::lose_power(DiskFile& file) {
  // Sometimes all, sometimes nothing, sometimes about the half or all but a few sectors were on their way.
  constexpr std::array<std::uint64_t, 4> chances{0, 500, 900, 1000};
  const std::uint64_t kept = random_.pick(chances);
  for (const DiskFile::Change& change : file.pending) {
    if (change.is_truncation) {
      if (random_.chance(kept)) carry_out(file.durable, change);
      continue;
    }
    for (std::size_t at = 0; at < change.bytes.size(); at += sector_bytes) {
      if (!random_.chance(kept)) continue;
      lay(file.durable, change.offset + at, std::string_view(change.bytes).substr(at, sector_bytes));
    }
  }
  file.pending.clear();
  file.seen = file.durable;
}

void DiskFiles::crash(Crash how) {
  ++life_;
  is_cut_ = false;
  cut_at_ = std::numeric_limits<std::uint64_t>::max();
  misdirect_ = false;
  lose_ = false;
  for (const auto& [name, file] : names_) file->locks.clear();
  if (how == Crash::process_killed) return;
  ++boots_;
  const std::uint64_t kept = how == Crash::power_lost ? random_.below(pending_names_.size() + 1) : 0;
  for (std::size_t i = 0; i < kept; ++i) {
    for (const auto& [name, file] : pending_names_[i]) {
      if (file) {
        durable_names_[name] = file;
      } else {
        durable_names_.erase(name);
      }
    }
  }
  pending_names_.clear();
  names_ = durable_names_;
  for (const auto& [name, file] : names_) {
    if (how == Crash::power_lost) {
      lose_power(*file);
    } else {
      file->pending.clear();
      file->seen = file->durable;
    }
  }
}

void DiskFiles::spoil(const std::string& name, std::uint64_t offset, std::string_view bytes) {
  const DiskFilePointer file = find(name);
  if (!file) return;
  for (std::string* content : {&file->seen, &file->durable}) {
    if (offset >= content->size()) continue;
    const std::string_view fits = bytes.substr(0, content->size() - static_cast<std::size_t>(offset));
    content->replace(static_cast<std::size_t>(offset), fits.size(), fits);
  }
}

}  // namespace consensus::simulator
