// The state as a stream of bytes.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "state/bytes.hpp"
#include "state/database.hpp"
#include "state/error.hpp"
#include "state/layout.hpp"

namespace orchestrator::state {

// The form: the number of the form (1), the group's version, then for each table with rows its number, its rows, each
// as the length of its fields and its fields in that version (state/layout.hpp), and 0; then 0. Every node of the group
// reads it, whatever its program's version is, since the group has nothing that came later.

// Confined to one thread at a time. A connection that is lost ends it: the view cannot be had again.
class SnapshotReader {
 public:
  explicit SnapshotReader(std::unique_ptr<Database> view) : view_(std::move(view)) {}

  // The next piece, about a quarter of a megabyte unless a row is larger; empty at the end.
  [[nodiscard]] Result<std::string> read();

 private:
  void begin(std::string& piece);
  void add_row(std::string& piece);
  void next_table(std::string& piece);

  std::unique_ptr<Database> view_;
  std::unique_ptr<Rows> rows_;
  std::size_t next_table_ = 0;
  const LayoutText* table_ = nullptr;  // whose rows are being read
  bool has_rows_ = false;              // of that table, in the stream
  int version_ = 0;                    // 0 before the beginning
  bool ended_ = false;
};

// A row of a table of the present version.
struct StagedRow {
  const LayoutText* table = nullptr;
  std::vector<Value> values;
};

// Takes the stream apart, in whatever pieces it comes.
class SnapshotParser {
 public:
  // The rows that are complete now. Errors: program_too_old; corrupt when it is not a snapshot.
  [[nodiscard]] Result<std::vector<StagedRow>> take(std::string_view piece);
  // Whether the end has been seen.
  [[nodiscard]] bool complete() const { return stage_ == Stage::ended && rest_.empty(); }

 private:
  enum class Stage : std::uint8_t { form, version, table, row, ended };

  // Takes the next thing, if all of it is there.
  [[nodiscard]] Result<bool> step(ByteReader& reader, std::vector<StagedRow>& rows);
  [[nodiscard]] Result<void> begin(std::uint64_t number);
  [[nodiscard]] Result<void> end_table_or_take_row(ByteReader& reader, std::uint64_t size,
                                                   std::vector<StagedRow>& rows);

  std::string rest_;
  Stage stage_ = Stage::form;
  int version_ = 0;
  const LayoutText* table_ = nullptr;
};

}  // namespace orchestrator::state
