// Errors of libconsensus: one code enumeration, one error value that names its context, one result type.
#pragma once

#include <boost/system/result.hpp>
#include <ostream>
#include <string>
#include <system_error>
#include <utility>

namespace consensus {

enum class Errc {
  invalid_argument = 1,  // a value handed in cannot be used; trying again cannot help
  malformed,             // bytes or text that are not in the form they should have
  not_leader,            // this node does not lead; nothing happened; the context names the leader if it is known
  outcome_unknown,       // leadership or the deadline was lost on the way: it may or may not have been committed
  timeout,               // the deadline passed before anything was done
  overloaded,            // too much is under way; nothing happened
  change_in_progress,    // another configuration change or transfer is not finished; nothing happened
  not_member,            // this node is not (or no longer) part of the group
  no_space,              // the disk is full here or on a quorum; nothing happened
  storage_failed,        // reading or writing failed; the store refuses further work until it is opened anew
  corrupt,               // stored or received bytes do not match their checksum
  compacted,             // those entries are no longer in the log
  connection_failed,     // refused, unreachable, reset
  tls_failed,            // the TLS handshake or the verification of the certificate failed
  incompatible,          // the peer speaks another protocol version, belongs to another group or is another incarnation
  state_machine_failed,  // the embedder's state machine refused an entry or a snapshot
  stopped,               // the node was stopped
};

const std::error_category& error_category() noexcept;
std::error_code make_error_code(Errc code) noexcept;

// What went wrong, and with what: the context names the node, the file or the value, never a secret.
struct Error {
  std::error_code code;
  std::string context;

  // "context: meaning of the code", for people.
  [[nodiscard]] std::string message() const;
  friend bool operator==(const Error&, const Error&) = default;
};

// Prints message().
std::ostream& operator<<(std::ostream& out, const Error& error);

inline Error make_error(Errc code, std::string context) {
  return {make_error_code(code), std::move(context)};
}

// True when nothing happened and the same call may succeed later, here or (not_leader) at another node.
[[nodiscard]] bool is_retryable(const Error& error) noexcept;
// True when the command may or may not take effect; only an idempotency key makes a repetition safe.
[[nodiscard]] bool is_outcome_unknown(const Error& error) noexcept;
[[nodiscard]] bool is_not_leader(const Error& error) noexcept;

// Lets Result<T>::value() throw; found by argument-dependent look-up.
[[noreturn]] void throw_exception_from_error(const Error& error, const boost::source_location& where);

// A value or an Error. Not looking at it is a compiler warning.
template <class T>
class [[nodiscard]] Result : public boost::system::result<T, Error> {
 public:
  using boost::system::result<T, Error>::result;
};

// For test frameworks and logs: the error's message, or that there is none; the value need not be printable.
template <class T>
std::ostream& operator<<(std::ostream& out, const Result<T>& result) {
  return result.has_value() ? out << "a value" : out << result.error();
}

}  // namespace consensus

template <>
struct std::is_error_code_enum<consensus::Errc> : std::true_type {};
