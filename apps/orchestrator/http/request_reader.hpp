// Turns what Beast parsed into our request, or into the answer that refuses it.
#pragma once

#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/system/error_code.hpp>
#include <optional>

#include "http/message.hpp"
#include "http/server.hpp"

namespace orchestrator::http {

using RequestParser = boost::beast::http::request_parser<boost::beast::http::string_body>;

// Why a parser stopped, as the answer the client gets; nothing when the connection simply ended or broke.
[[nodiscard]] std::optional<Response> refusal_of_read(const boost::system::error_code& code,
                                                      const RequestParser& parser);
// What is wrong with a complete head; nothing when it may go on.
[[nodiscard]] std::optional<Response> refusal_of_head(const RequestParser& parser, const Limits& limits);
// Nothing when the target is malformed.
[[nodiscard]] std::optional<Request> to_request(boost::beast::http::request<boost::beast::http::string_body>&& message,
                                                const Peer& peer);

}  // namespace orchestrator::http
