// What Consul's HTTP API sends and receives, as values; no I/O.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "http/connection.hpp"
#include "kvstore/error.hpp"
#include "kvstore/transaction.hpp"

namespace kvstore::consul {

using http_client::Effect;

// Parameters of a request target; a null value stands for a parameter without '='.
using Query = std::vector<std::pair<std::string_view, std::optional<std::string>>>;

// `path` is encoded per part, '/' stays.
[[nodiscard]] std::string make_target(std::string_view path, const Query& query);

[[nodiscard]] std::string encode_transaction(const Transaction& transaction);

// The entries of an answer to a KV read. Errors: protocol_error.
[[nodiscard]] Result<std::vector<Entry>> decode_entries(const std::string& body);
[[nodiscard]] Result<std::vector<std::string>> decode_datacenters(const std::string& body);

// True if the body of a 200 says that a transaction took place.
[[nodiscard]] bool is_committed(const std::string& body);

// Why a transaction was refused, from the body of a 409.
struct Refusal {
  Errc code = Errc::conflict;
  std::string text;
};
[[nodiscard]] Refusal decode_refusal(const std::string& body);

// What an HTTP status other than 200 means for a request with this effect.
[[nodiscard]] Errc errc_of_status(unsigned status, Effect effect);

// What a server said, for a message: one line, at most 200 bytes.
[[nodiscard]] std::string one_line(std::string_view body);

}  // namespace kvstore::consul
