// Gzip for answers.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "http/message.hpp"

namespace orchestrator::http {

// True when Accept-Encoding lets an answer be gzipped (named or "*", and not with q=0).
[[nodiscard]] bool accepts_gzip(const Headers& headers);

// Compresses piece by piece and lets other work of the executor run in between, so that an answer of many megabytes
// does not hold up anybody. Nothing when zlib has no memory.
[[nodiscard]] boost::asio::awaitable<std::optional<std::string>> gzipped(std::string text);

}  // namespace orchestrator::http
