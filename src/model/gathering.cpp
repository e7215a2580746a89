#include "model/gathering.hpp"

#include <fmt/format.h>

#include <utility>

#include "model/guard.hpp"
#include "store/deadline.hpp"

namespace varve {

namespace {

class AnsweringModel final : public Respondent {
public:
    explicit AnsweringModel(const QueryRoute& route)
        : route_{route.place, route.step, meter}, name_(route.place->type().name) {}
    ~AnsweringModel() override { bulkhead.stop(); }

    [[nodiscard]] const std::string& name() const override { return name_; }
    [[nodiscard]] std::string_view query() const override { return route_.step->name; }
    Result<std::optional<Position>> answer(const detail::Scattered& query, const After& after, Deadline deadline,
                                           void* into) override {
        auto position = answer_after(route_, after, deadline, query.value.get(), into);
        if (!position.ok()) return std::move(position).error();
        return std::optional(*position);
    }
    [[nodiscard]] Error late(const detail::Scattered& query, const After& after) const override {
        const auto crew = route_.place->crew();
        if (crew && crew->position() < after.position) return crew->behind(query.name, after);
        return Error{.code = Code::deadline_exceeded,
                     .message = fmt::format("answer({}) of projection {} did not end within {} ms", query.name, name_,
                                            after.limit.count())};
    }

private:
    QueryRoute route_;
    std::string name_;
};

class AnsweringFunction final : public Respondent {
public:
    explicit AnsweringFunction(detail::AnswerFunction function) : function_(std::move(function)) {}
    ~AnsweringFunction() override { bulkhead.stop(); }

    [[nodiscard]] const std::string& name() const override { return function_.name; }
    [[nodiscard]] std::string_view query() const override { return function_.query_name; }
    Result<std::optional<Position>> answer(const detail::Scattered& query, const After&, Deadline deadline,
                                           void* into) override {
        const auto begun = QueryMeter::Clock::now();
        Result<> answered = guarded_with_tables(
            [&]() -> Result<> {
                function_.answer(query.value.get(), deadline, into);
                return {};
            },
            [&] { return fmt::format("{} of '{}'", query.name, function_.name); });
        meter->add(answered.ok(), QueryMeter::Clock::now() - begun);
        if (!answered.ok()) return std::move(answered).error();
        return std::optional<Position>();
    }
    [[nodiscard]] Error late(const detail::Scattered& query, const After& after) const override {
        return Error{.code = Code::deadline_exceeded,
                     .message = fmt::format("{} of '{}' did not end within {} ms", query.name, function_.name,
                                            after.limit.count())};
    }

private:
    detail::AnswerFunction function_;
};

/// Shared by who asked and all who answer; the last of them frees it.
class Gathering {
public:
    Gathering(const detail::Scattered& query, const After& after, std::size_t respondents)
        : query_(query), after_(after), deadline_(store::deadline_in(after.limit)), slots_(respondents) {
        for (Slot& slot : slots_) slot.answer = query.make_answer();
    }

    /// In a thread of the respondent.
    void answer(std::size_t at, Respondent& respondent) {
        if (over()) return respondent.meter->refused();
        const KeysHere keys(keys_);
        settle(at, respondent.answer(query_, after_, deadline_, slots_[at].answer.get()));
    }
    void settle(std::size_t at, Result<std::optional<Position>> outcome) {
        const std::lock_guard lock(mutex_);
        slots_[at].outcome = std::move(outcome);
        ++settled_;
        all_settled_.notify_one();
    }
    std::vector<detail::Reply> wait(const std::vector<std::shared_ptr<Respondent>>& respondents) {
        std::unique_lock lock(mutex_);
        const auto all = [&] { return settled_ == slots_.size(); };
        if (deadline_ == Deadline::max()) {
            all_settled_.wait(lock, all);
        } else {
            all_settled_.wait_until(lock, deadline_, all);
        }
        over_ = true;
        std::vector<detail::Reply> replies;
        for (std::size_t i = 0; i < slots_.size(); ++i)
            replies.push_back(slots_[i].reply(*respondents[i], query_, after_));
        return replies;
    }

private:
    struct Slot {
        std::shared_ptr<void> answer;  ///< the respondent's until it is settled
        std::optional<Result<std::optional<Position>>> outcome;

        [[nodiscard]] detail::Reply reply(const Respondent& from, const detail::Scattered& query,
                                          const After& after) const {
            if (!outcome) return {from.name(), nullptr, {}, from.late(query, after)};
            if (!outcome->ok()) return {from.name(), nullptr, {}, outcome->error()};
            return {from.name(), answer, **outcome, {}};
        }
    };

    [[nodiscard]] bool over() {
        const std::lock_guard lock(mutex_);
        return over_;
    }

    detail::Scattered query_;
    After after_;
    Deadline deadline_;
    std::shared_ptr<detail::Sealer> keys_ = KeysHere::now();  ///< of whoever asks
    std::vector<Slot> slots_;
    std::mutex mutex_;
    std::condition_variable all_settled_;
    std::size_t settled_ = 0;
    bool over_ = false;
};

}  // namespace

std::shared_ptr<Respondent> respondent(const QueryRoute& route) {
    return std::make_shared<AnsweringModel>(route);
}

std::shared_ptr<Respondent> respondent(detail::AnswerFunction function) {
    return std::make_shared<AnsweringFunction>(std::move(function));
}

std::vector<detail::Reply> gather(const std::vector<std::shared_ptr<Respondent>>& respondents,
                                  const detail::Scattered& query, const After& after) {
    const auto gathering = std::make_shared<Gathering>(query, after, respondents.size());
    for (std::size_t i = 0; i < respondents.size(); ++i) {
        Respondent& asked = *respondents[i];
        // The bulkhead is the respondent's own and stops before it goes.
        Result<> posted = asked.bulkhead.post([gathering, i, &asked] { gathering->answer(i, asked); });
        if (posted.ok()) continue;
        asked.meter->refused();
        gathering->settle(i, std::move(posted).error().within(fmt::format("query {}", query.name)));
    }
    return gathering->wait(respondents);
}

}  // namespace varve
