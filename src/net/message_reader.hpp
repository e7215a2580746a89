/// Cuts what a gRPC stream brings into its messages, wherever the network has cut it.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace varve::net {

/// Five bytes stand before each message: whether it is compressed, and its length. A message that lies whole in the bytes
/// added is not copied. Use: add, next until it is not `message`, keep.
class MessageReader {
public:
    explicit MessageReader(std::size_t longest) : longest_(longest) {}

    /// The bytes must stay where they are until keep().
    void add(std::string_view bytes) { fresh_ = bytes; }

    enum class Step {
        message,
        more,        ///< what is there is less than a message
        compressed,  ///< and cannot be read
        too_long,    ///< so long that it is not waited for
    };
    struct Next {
        Step step;
        std::string_view message = {};  ///< valid until the next call
        std::size_t length = 0;         ///< that was announced, where it is too long
    };
    [[nodiscard]] Next next();

    /// Copies what has been added and not taken.
    void keep();

    /// Bytes that are kept.
    [[nodiscard]] std::size_t held() const { return held_.size() - at_; }
    void clear();

private:
    void move(std::size_t count);
    void forget_taken();

    const std::size_t longest_;
    std::string held_;
    std::size_t at_ = 0;  ///< of held_, taken
    std::string_view fresh_;
};

}  // namespace varve::net
