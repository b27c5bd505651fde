// JSON text byte for byte as Go writes it.
#include "api/json_writer.hpp"

#include <cstdint>
#include <limits>

#include "catch.hpp"

using orchestrator::api::json_text;
using orchestrator::api::JsonWriter;

TEST_CASE("texts are escaped as Go escapes them") {
  CHECK(json_text("plain") == R"("plain")");
  CHECK(json_text("a\"b\\c/d") == R"("a\"b\\c/d")");
  CHECK(json_text("<a href='x'>&") == R"("\u003ca href='x'\u003e\u0026")");
  CHECK(json_text("\n\r\t\b\f") == R"("\n\r\t\b\f")");
  CHECK(json_text(std::string_view("\0\x01\x1f\x7f", 4)) == "\"\\u0000\\u0001\\u001f\x7f\"");
  CHECK(json_text("\xe2\x80\xa8\xe2\x80\xa9") == R"("\u2028\u2029")");
  CHECK(json_text("‡ é 漢 😀") == "\"‡ é 漢 😀\"");
}

TEST_CASE("bytes that are no UTF-8 are replaced, one by one") {
  CHECK(json_text("a\xff\xfe"
                  "b") == R"("a\ufffd\ufffdb")");
  CHECK(json_text("\xc3") == R"("\ufffd")");
  CHECK(json_text("\xc0\x80") == R"("\ufffd\ufffd")");
  CHECK(json_text("\xed\xa0\x80") == R"("\ufffd\ufffd\ufffd")");
  CHECK(json_text("\xf4\x90\x80\x80") == R"("\ufffd\ufffd\ufffd\ufffd")");
  CHECK(json_text("\xe2\x82 ") == R"("\ufffd\ufffd ")");
}

TEST_CASE("numbers are written as Go writes them") {
  const auto number = [](auto value) { return JsonWriter().number(value).take(); };
  CHECK(number(0) == "0");
  CHECK(number(std::numeric_limits<std::int64_t>::min()) == "-9223372036854775808");
  CHECK(number(std::numeric_limits<std::uint64_t>::max()) == "18446744073709551615");
  CHECK(number(0.0) == "0");
  CHECK(number(1.0) == "1");
  CHECK(number(0.1) == "0.1");
  CHECK(number(123456.789) == "123456.789");
  CHECK(number(0.000001) == "0.000001");
  CHECK(number(0.00000012) == "1.2e-7");
  CHECK(number(1e21) == "1e+21");
}

TEST_CASE("commas stand between values and members only") {
  JsonWriter out;
  out.begin_object().key("a").begin_array().end_array().key("b").begin_array().number(1).null().boolean(true);
  out.begin_object().end_object().raw("[]").end_array().key("c").text("x").end_object();
  CHECK(out.take() == R"({"a":[],"b":[1,null,true,{},[]],"c":"x"})");
}
