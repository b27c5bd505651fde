// Writes tables as a stream, and reads it.
#include "state/snapshot.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "state/applier.hpp"

namespace orchestrator::state {
namespace {

constexpr std::uint64_t form = 1;
constexpr std::size_t piece_size = 256U << 10U;
// Texts are bounded, and so are rows; more is no snapshot.
constexpr std::uint64_t longest_row = 128U << 20U;

Error malformed(std::string_view what) {
  return make_error(Errc::corrupt, fmt::format("snapshot: {}", what));
}

}  // namespace

// --- Writing ----------------------------------------------------------------------------------------------------

void SnapshotReader::begin(std::string& piece) {
  RecordStore store(*view_);
  version_ = version_of(store);
  append_number(piece, form);
  append_number(piece, static_cast<std::uint64_t>(version_));
}

void SnapshotReader::next_table(std::string& piece) {
  if (has_rows_) append_number(piece, 0);
  has_rows_ = false;
  rows_.reset();
  if (next_table_ == replicated_layouts().size()) {
    append_number(piece, 0);
    ended_ = true;
    view_.reset();
    return;
  }
  table_ = replicated_layouts()[next_table_++];
  rows_ = view_->scan(*table_);
}

void SnapshotReader::add_row(std::string& piece) {
  const auto row = rows_->next();
  if (!row) return next_table(piece);
  if (!has_rows_) append_number(piece, table_->number);
  has_rows_ = true;
  append_text(piece, encode_values(*table_, *row, version_));
}

Result<std::string> SnapshotReader::read() {
  std::string piece;
  try {
    if (version_ == 0) {
      begin(piece);
      next_table(piece);
    }
    while (!ended_ && piece.size() < piece_size) add_row(piece);
    return piece;
  } catch (const DatabaseFailure& failure) {
    return failure.error;
  }
}

// --- Reading ----------------------------------------------------------------------------------------------------

Result<void> SnapshotParser::begin(std::uint64_t number) {
  if (number == 0) {
    stage_ = Stage::ended;
    return {};
  }
  const auto& layouts = replicated_layouts();
  const auto found = std::find_if(layouts.begin(), layouts.end(), [&](const LayoutText* layout) {
    return layout->number == number && layout->since <= version_;
  });
  if (found == layouts.end()) return malformed(fmt::format("no table {} in version {}", number, version_));
  table_ = *found;
  stage_ = Stage::row;
  return {};
}

Result<void> SnapshotParser::end_table_or_take_row(ByteReader& reader, std::uint64_t size,
                                                   std::vector<StagedRow>& rows) {
  if (size == 0) {
    stage_ = Stage::table;
    return {};
  }
  if (size > longest_row) return malformed("a row is too long");
  const auto fields = reader.raw(size);
  if (!reader.ok()) return {};
  auto values = decode_values(*table_, fields, version_);
  if (!values) return malformed(values.error().context);
  rows.push_back({table_, std::move(*values)});
  return {};
}

Result<bool> SnapshotParser::step(ByteReader& reader, std::vector<StagedRow>& rows) {
  const auto number = reader.number();
  if (!reader.ok()) return reader.ran_out() ? Result<bool>(false) : malformed("not a number");
  Result<void> taken;
  switch (stage_) {
    case Stage::form:
      if (number != form) return malformed(fmt::format("form {}", number));
      stage_ = Stage::version;
      break;
    case Stage::version:
      if (number > static_cast<std::uint64_t>(state_version)) {
        return make_error(Errc::program_too_old,
                          fmt::format("the group has version {}, this program knows up to {}", number, state_version));
      }
      version_ = static_cast<int>(number);
      stage_ = Stage::table;
      break;
    case Stage::table:
      taken = begin(number);
      break;
    case Stage::row:
      taken = end_table_or_take_row(reader, number, rows);
      break;
    case Stage::ended:
      return malformed("goes on after its end");
  }
  if (!taken) return taken.error();
  return reader.ok();
}

Result<std::vector<StagedRow>> SnapshotParser::take(std::string_view piece) {
  rest_.append(piece);
  std::vector<StagedRow> rows;
  std::size_t done = 0;
  while (done < rest_.size()) {
    ByteReader reader(std::string_view(rest_).substr(done));
    const auto stepped = step(reader, rows);
    if (!stepped) return stepped.error();
    if (!*stepped) break;
    done = rest_.size() - reader.left();
  }
  rest_.erase(0, done);
  return rows;
}

}  // namespace orchestrator::state
