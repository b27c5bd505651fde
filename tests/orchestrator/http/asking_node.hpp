// A LeaderClient on a thread of its own, asked from the test's thread.
#pragma once

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <exception>
#include <future>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>

#include "http/leader_client.hpp"

class AskingNode {
 public:
  explicit AskingNode(orchestrator::http::LeaderClientOptions options = {}) : work_(loop_.get_executor()) {
    auto made = orchestrator::http::LeaderClient::make(loop_.get_executor(), std::move(options));
    if (!made) {
      throw std::runtime_error(made.error().message());
    }
    client_ = std::move(*made);
    thread_ = std::thread([this] { loop_.run(); });
  }
  ~AskingNode() {
    cancel();
    work_.reset();
    thread_.join();
  }
  AskingNode(const AskingNode&) = delete;
  AskingNode& operator=(const AskingNode&) = delete;

  std::future<orchestrator::http::LeaderAnswer> ask(const std::string& uri, orchestrator::http::Question question) {
    auto promise = std::make_shared<std::promise<orchestrator::http::LeaderAnswer>>();
    auto answered = promise->get_future();
    boost::asio::post(loop_, [this, promise, uri, question = std::move(question)]() mutable {
      cancellation_ = std::make_shared<boost::asio::cancellation_signal>();
      const auto on_end = [promise, held = cancellation_](const std::exception_ptr& thrown,
                                                          orchestrator::http::LeaderAnswer answer) {
        if (thrown) {
          promise->set_exception(thrown);
        } else {
          promise->set_value(std::move(answer));
        }
      };
      auto address = orchestrator::http::parse_node_address(uri).value();
      boost::asio::co_spawn(loop_, client_->ask(std::move(address), std::move(question)),
                            boost::asio::bind_cancellation_slot(cancellation_->slot(), on_end));
    });
    return answered;
  }
  // Cancels the question asked last.
  void cancel() {
    boost::asio::post(loop_, [this] {
      if (cancellation_) {
        cancellation_->emit(boost::asio::cancellation_type::terminal);
      }
    });
  }

 private:
  boost::asio::io_context loop_{1};
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_;
  std::shared_ptr<boost::asio::cancellation_signal> cancellation_;  // of the question asked last
  std::unique_ptr<orchestrator::http::LeaderClient> client_;
  std::thread thread_;
};

inline orchestrator::http::Question question_that(orchestrator::http::Effect effect, std::string target = "/api/x") {
  orchestrator::http::Question question;
  question.target = std::move(target);
  question.effect = effect;
  return question;
}

// "200 body", or what went wrong.
inline std::string text_of(const orchestrator::http::LeaderAnswer& answer) {
  if (const auto* response = std::get_if<orchestrator::http::Response>(&answer)) {
    return std::to_string(response->status) + " " + response->body;
  }
  const auto& trouble = std::get<orchestrator::http::NoAnswer>(answer);
  const bool unknown = trouble.outcome == orchestrator::http::NoAnswer::Outcome::unknown;
  return (unknown ? "unknown: " : "not done: ") + trouble.cause;
}

// Every wait ends after thirty seconds at the latest.
inline std::string text_of(std::future<orchestrator::http::LeaderAnswer> answer) {
  if (answer.wait_for(std::chrono::seconds(30)) != std::future_status::ready) {
    return "no end";
  }
  return text_of(answer.get());
}
