// Taking snapshots apart: the same rows, or the same error, in whatever pieces the bytes come.
#include "fuzz.hpp"
#include "state/snapshot.hpp"

int fuzz_state_snapshot(const std::uint8_t* data, std::size_t size) {
  using namespace orchestrator::state;
  const auto bytes = fuzz::as_text(data, size);
  SnapshotParser whole;
  const auto expected = whole.take(bytes);
  SnapshotParser pieces;
  std::size_t rows = 0;
  for (const char byte : bytes) {
    const auto some = pieces.take({&byte, 1});
    if (!some) {
      FUZZ_CHECK(!expected);
      FUZZ_CHECK(expected.error() == some.error());
      return 0;
    }
    rows += some->size();
  }
  FUZZ_CHECK(expected.has_value());
  FUZZ_CHECK(expected->size() == rows);
  FUZZ_CHECK(whole.complete() == pieces.complete());
  return 0;
}
