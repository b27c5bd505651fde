// The values that go into and come out of a key-value store.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "kvstore/error.hpp"

namespace kvstore {

// Identifies one state of one key; compared for equality only. A store never gives the same version to two values of
// a key. Read it with get() or list(), hand it back as a condition.
enum class Version : std::uint64_t { absent = 0 };

struct KeyValue {
  std::string key{};
  std::string value{};
  friend auto operator<=>(const KeyValue&, const KeyValue&) = default;
};

struct Entry {
  std::string key{};
  std::string value{};
  Version version = Version::absent;
  friend bool operator==(const Entry&, const Entry&) = default;
};

// Writes a value. With `expected`, only if the key is at that version; Version::absent means it must not exist.
struct Put {
  std::string key{};
  std::string value{};
  std::optional<Version> expected = std::nullopt;
  friend bool operator==(const Put&, const Put&) = default;
};

// Removes a key; one that does not exist is no error. With `expected`, not if the key is at another version; that must
// not be Version::absent.
struct Delete {
  std::string key{};
  std::optional<Version> expected = std::nullopt;
  friend bool operator==(const Delete&, const Delete&) = default;
};

// Writes nothing, and fails the transaction if the key is not at that version.
struct Check {
  std::string key{};
  Version expected = Version::absent;
  friend bool operator==(const Check&, const Check&) = default;
};

using Operation = std::variant<Put, Delete, Check>;
using Transaction = std::vector<Operation>;

[[nodiscard]] const std::string& key_of(const Operation& operation) noexcept;

// The rules every store keeps, so that a key means the same everywhere. A key is a path in UTF-8 without control
// characters: parts separated by single '/', none of them empty, "." or ".."; at most 512 bytes.
[[nodiscard]] Result<void> check_key(std::string_view key);
// A transaction has at least one operation, at most `max_operations`, and each key once.
[[nodiscard]] Result<void> check_operation(const Operation& operation);
[[nodiscard]] Result<void> check_transaction(const Transaction& transaction, std::size_t max_operations);

}  // namespace kvstore
