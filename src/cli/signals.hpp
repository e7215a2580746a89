/// The person's wish to stop (SIGINT, SIGTERM) as something a command asks for at moments of its own choosing.
#pragma once

namespace varve::cli {

/// From its construction on, SIGINT and SIGTERM no longer end the process but are remembered here. Construct it
/// before threads are started (they inherit the blocked signals) and before a store is opened.
class StopSignals {
public:
    StopSignals();
    StopSignals(const StopSignals&) = delete;
    StopSignals& operator=(const StopSignals&) = delete;
    ~StopSignals();

    /// One of them has come. Stays true.
    [[nodiscard]] bool come();
    /// Waits until the descriptor can be read without waiting: true; or one of them comes first: false.
    [[nodiscard]] bool readable_first(int descriptor);

private:
    int descriptor_;
    bool come_ = false;
};

}  // namespace varve::cli
