// Decoding of answers: what is taken for answers goes there and back.
#include "fuzz.hpp"
#include "state/proposal.hpp"

int fuzz_state_answers(const std::uint8_t* data, std::size_t size) {
  using namespace orchestrator::state;
  const auto decoded = decode_answers(fuzz::as_text(data, size));
  if (!decoded) return 0;
  FUZZ_CHECK(decode_answers(encode_answers(*decoded)).value() == *decoded);
  return 0;
}
