// Sends the statements of a probe together and sorts out what came back.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "mysql/dialect.hpp"
#include "mysql/probe_part.hpp"
#include "topology/error.hpp"
#include "topology/mysql/session.hpp"

namespace topology::mysql {

// The statement's text must outlive the batch.
struct BatchItem {
  Part part{};
  std::string_view statement;
};

struct FailedPart {
  Part part{};
  StatementError error;
};

struct BatchOutcome {
  PartResults results;
  std::vector<FailedPart> failures;
  unsigned round_trips = 0;
};

// An operator's query whose text could swallow or split the statements around it: it is sent by itself.
[[nodiscard]] bool must_go_alone(std::string_view query) noexcept;
// A query without the blanks and semicolons at its end.
[[nodiscard]] std::string trimmed_query(std::string_view query);

// Which items go into the next round trip.
class BatchPlan {
 public:
  explicit BatchPlan(std::vector<BatchItem> items, Sending sending = Sending::together);

  [[nodiscard]] bool done() const noexcept { return next_ == items_.size(); }
  // The text of the next round trip; only when not done.
  [[nodiscard]] std::string next_text();
  // Takes in its answer: keeps results, notes the failure, goes on behind it, or ends when the failed part is
  // essential. When the server sent fewer results than statements without saying why, the rest goes one by one.
  void take(StatementResults answer, BatchOutcome& outcome);

 private:
  std::vector<BatchItem> items_;
  std::size_t next_ = 0;
  std::size_t sent_ = 0;
  Sending sending_;
};

// Errors: those that end the session.
[[nodiscard]] boost::asio::awaitable<Result<BatchOutcome>> run_batch(Session& session, std::vector<BatchItem> items,
                                                                     Sending sending, Deadline deadline);

}  // namespace topology::mysql
