// Chooses the fields that pass from the client to the leader and back.
#include "http/forwarding.hpp"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace orchestrator::http {
namespace {

constexpr std::string_view forwarded_for_field = "X-Forwarded-For";

using Names = std::vector<std::string_view>;

bool names(const Names& list, std::string_view name) {
  return std::any_of(list.begin(), list.end(), [name](auto each) { return equal_without_case(each, name); });
}

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t");
  return first == std::string_view::npos ? std::string_view()
                                         : text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

// Fields that are about one connection only, those that Connection names among them.
Names fields_of_connection(const Headers& headers) {
  Names list{"Connection", "Keep-Alive",        "Proxy-Connection", "Proxy-Authenticate", "Proxy-Authorization", "TE",
             "Trailer",    "Transfer-Encoding", "Upgrade",          "Content-Length"};
  for (auto value : headers.find_all("Connection")) {
    while (!value.empty()) {
      const auto comma = std::min(value.find(','), value.size());
      list.push_back(trimmed(value.substr(0, comma)));
      value.remove_prefix(std::min(comma + 1, value.size()));
    }
  }
  return list;
}

Headers without(const Headers& headers, const Names& left_out) {
  Headers kept;
  for (const auto& [name, value] : headers.all()) {
    if (!names(left_out, name)) {
      kept.add(name, value);
    }
  }
  return kept;
}

// All values of a field as one list, with one more at its end.
std::string joined(const Headers& headers, std::string_view field, std::string_view last) {
  std::string list;
  for (const auto value : headers.find_all(field)) {
    list += value;
    list += ", ";
  }
  list += last;
  return list;
}

// "192.0.2.1" of "192.0.2.1:51234", "::1" of "[::1]:51234".
std::string_view host_of(std::string_view peer_address) {
  auto host = peer_address.substr(0, peer_address.rfind(':'));
  if (host.starts_with('[') && host.ends_with(']')) {
    host = host.substr(1, host.size() - 2);
  }
  return host;
}

}  // namespace

bool was_forwarded(const Request& request) {
  return request.headers.find(forwarded_by_field).has_value();
}

Headers headers_for_leader(const Request& request, std::string_view node_name) {
  auto left_out = fields_of_connection(request.headers);
  const bool has_address = !request.peer.address.empty();
  left_out.insert(left_out.end(), {"Host", "Accept-Encoding", "Expect", forwarded_by_field});
  if (has_address) {
    left_out.push_back(forwarded_for_field);
  }
  auto headers = without(request.headers, left_out);
  if (has_address) {
    headers.add(std::string(forwarded_for_field),
                joined(request.headers, forwarded_for_field, host_of(request.peer.address)));
  }
  headers.add(std::string(forwarded_by_field), joined(request.headers, forwarded_by_field, node_name));
  return headers;
}

Headers headers_for_client(const Headers& headers) {
  auto left_out = fields_of_connection(headers);
  left_out.insert(left_out.end(), {"Content-Type", "Date", "Server"});
  return without(headers, left_out);
}

}  // namespace orchestrator::http
