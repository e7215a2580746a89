/// Inside the model: what a reader does with each type of event, found by the type's name. Not meant to be included by
/// applications.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "varve/event.hpp"
#include "varve/events.hpp"
#include "varve/export.hpp"
#include "varve/result.hpp"

namespace varve::detail {

enum class StepKind : std::uint8_t {
    listed,   ///< in the reader's own list
    older,    ///< leads to one that is, by way of upcasters
    ignored,  ///< named in its Ignores: nothing is done
};

/// One event type and what to do with it. `apply` answers errors of decoding and of upcasters, and throws what the
/// reader's own code throws.
struct Step {
    std::string_view type;
    StepKind kind;
    Result<> (*apply)(void* object, const Event& event);
};

/// Names to their numbers. A look-up takes the same time for three names as for a hundred: it reads the ends of the name,
/// and compares it with the one that has the same.
class VARVE_API NameIndex {
public:
    static constexpr std::size_t none = ~std::size_t{0};

    /// The names must outlive it; of equal ones the first counts.
    explicit NameIndex(std::vector<std::string_view> names);
    [[nodiscard]] std::size_t find(std::string_view name) const;

private:
    std::vector<std::string_view> names_;
    std::vector<std::uint32_t> slots_;  ///< a power of two of them, at least twice the names; 0: free, else number + 1
};

/// What a reader says of events that it does not know.
struct UnknownRule {
    std::string_view reader;
    /// Nothing: they pass by, all but other versions of what it lists.
    std::optional<Unknown> policy;
    /// Elsewhere nothing is unknown; empty: it may be anywhere.
    std::vector<std::string_view> categories;
};

class VARVE_API UnknownEvents {
public:
    /// `known`: the names of what the reader lists, and of what leads to it.
    UnknownEvents(UnknownRule rule, const std::vector<std::string_view>& known);

    /// Of an event that is not in the table: whether it is to be handed over as it is, or else passes by. The error that
    /// stops the reader: `failed_precondition` with the reason `event.unknown`. Events of Varve itself pass by.
    [[nodiscard]] Result<bool> judge(const Event& event) const;

private:
    UnknownRule rule_;
    NameIndex kinds_;  ///< the names without their versions
};

/// The steps of a reader; S has the `type` and `kind` of a Step. Made once for each type of reader, and then only read.
template <class S>
class StepTable {
public:
    /// `raw` is done with what nobody knows, where the rule says so.
    StepTable(std::vector<S> steps, UnknownRule rule, S raw)
        : steps_(std::move(steps)),
          index_(names(true)),
          unknown_(std::move(rule), names(false)),
          raw_(std::move(raw)) {}

    /// What the reader does with an event; nullptr: nothing. An error stops it.
    [[nodiscard]] Result<const S*> step_for(const Event& event) const {
        if (const S* step = find(event.type); step != nullptr) return step->kind == StepKind::ignored ? nullptr : step;
        const Result<bool> handed_over = unknown_.judge(event);
        if (!handed_over.ok()) return handed_over.error();
        return *handed_over ? &raw_ : nullptr;
    }

    /// nullptr: the type is none of them.
    [[nodiscard]] const S* find(std::string_view type) const {
        const std::size_t at = index_.find(type);
        return at == NameIndex::none ? nullptr : &steps_[at];
    }
    [[nodiscard]] auto begin() const { return steps_.begin(); }
    [[nodiscard]] auto end() const { return steps_.end(); }

private:
    [[nodiscard]] std::vector<std::string_view> names(bool with_ignored) const {
        std::vector<std::string_view> names;
        names.reserve(steps_.size());
        for (const S& step : steps_) {
            if (with_ignored || step.kind != StepKind::ignored) names.push_back(step.type);
        }
        return names;
    }

    std::vector<S> steps_;
    NameIndex index_;
    UnknownEvents unknown_;
    S raw_;
};

}  // namespace varve::detail
