// Lets Catch print a Result: "value", or the error as people see it.
#pragma once

#include <string>

#include "catch.hpp"
#include "kvstore/error.hpp"

namespace Catch {

template <class T>
struct StringMaker<kvstore::Result<T>> {
  static std::string convert(const kvstore::Result<T>& result) {
    return result.has_value() ? "value" : result.error().message();
  }
};

}  // namespace Catch
