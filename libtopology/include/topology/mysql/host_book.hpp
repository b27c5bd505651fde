// Looks host names up and remembers the answers.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "topology/error.hpp"

namespace topology::mysql {

struct HostAnswer {
  std::string canonical_name;          // where aliases (CNAME) lead to; the name itself when it is none
  std::vector<std::string> addresses;  // IPv4 and IPv6, in the system's order of preference; never empty

  friend bool operator==(const HostAnswer&, const HostAnswer&) = default;
};

enum class AfterFailure {
  rest,       // a name that could not be looked up is asked again after a minute
  ask_again,  // now
};

struct LookUpTerms {
  std::chrono::minutes lifetime{60};         // of an answer
  std::chrono::milliseconds patience{1000};  // how long a caller waits, from the start of the look-up
  AfterFailure after_failure = AfterFailure::rest;
};

// Every name is looked up once at a time, at most four names at a time, on threads of their own; a DNS server that does
// not answer costs each caller its patience at most, and later callers nothing. An answer that has grown old, and one
// whose renewal fails, is given while a new one is sought. At most 100,000 names are remembered.
//
// Confined to one executor, which must run one handler at a time. Outlives its calls; when it is destroyed no look-up
// disturbs it any more.
class HostBook {
 public:
  explicit HostBook(boost::asio::any_io_executor executor);
  ~HostBook();
  HostBook(const HostBook&) = delete;
  HostBook& operator=(const HostBook&) = delete;

  // Starts a look-up unless the answer is known or under way. For several names: ask all, then wait for each.
  void ask(const std::string& host, const LookUpTerms& terms);
  // The answer of a name; an address is its own. Errors: name_resolution, timeout, naming the host.
  [[nodiscard]] boost::asio::awaitable<Result<HostAnswer>> look_up(std::string host, LookUpTerms terms);

  // From now on every answer is old.
  void expire();

 private:
  class Rows;
  std::shared_ptr<Rows> rows_;
};

}  // namespace topology::mysql
