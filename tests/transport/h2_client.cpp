#include "transport/h2_client.hpp"

#include <gtest/gtest.h>
#include <nghttp2/nghttp2.h>

#include <algorithm>

namespace transport {
namespace {

std::string find(const Fields& fields, std::string_view name) {
    const auto found = std::ranges::find(fields, name, &Fields::value_type::first);
    return found == fields.end() ? std::string() : found->second;
}

/// An integer of HPACK, after a first byte whose last `bits` bits are its own.
std::string prefixed(std::size_t value, unsigned bits) {
    const std::size_t most = (std::size_t{1} << bits) - 1;
    if (value < most) return {static_cast<char>(value)};
    std::string text{static_cast<char>(most)};
    for (value -= most; value >= 128; value /= 128) text += static_cast<char>(value % 128 + 128);
    return text + static_cast<char>(value);
}

}  // namespace

std::string Frame::field(std::string_view name) const {
    return find(fields, name);
}

std::uint32_t Frame::number(std::size_t at) const {
    std::uint32_t value = 0;
    for (std::size_t i = at; i < at + 4 && i < payload.size(); ++i) {
        value = value << 8 | static_cast<unsigned char>(payload[i]);
    }
    return value;
}

std::string number(std::uint32_t value) {
    return {static_cast<char>(value >> 24), static_cast<char>(value >> 16 & 0xFF), static_cast<char>(value >> 8 & 0xFF),
            static_cast<char>(value & 0xFF)};
}

std::string frame(std::uint8_t type, std::uint8_t flags, std::uint32_t stream, std::string_view payload) {
    std::string bytes = number(static_cast<std::uint32_t>(payload.size())).substr(1);
    bytes += static_cast<char>(type);
    bytes += static_cast<char>(flags);
    return bytes.append(number(stream)).append(payload);
}

std::string setting(std::uint16_t which, std::uint32_t value) {
    return std::string{static_cast<char>(which >> 8), static_cast<char>(which & 0xFF)} + number(value);
}

std::string header_block(const Fields& fields) {
    std::string block;
    for (const auto& [name, value] : fields) {
        block.append(1, '\0').append(prefixed(name.size(), 7)).append(name);
        block.append(prefixed(value.size(), 7)).append(value);
    }
    return block;
}

std::string message(std::string_view bytes, char flag) {
    return std::string(1, flag).append(number(static_cast<std::uint32_t>(bytes.size()))).append(bytes);
}

Fields call_fields(std::string_view path, const Fields& more) {
    Fields fields = {{":method", "POST"},
                     {":scheme", "http"},
                     {":path", std::string(path)},
                     {":authority", "localhost"},
                     {"content-type", "application/grpc"}};
    fields.insert(fields.end(), more.begin(), more.end());
    return fields;
}

struct H2Client::Inflater {
    Inflater() { EXPECT_EQ(nghttp2_hd_inflate_new(&hd), 0); }
    Inflater(const Inflater&) = delete;
    Inflater& operator=(const Inflater&) = delete;
    ~Inflater() { nghttp2_hd_inflate_del(hd); }

    Fields fields_of(std::string_view block) const {
        Fields fields;
        const auto* at = reinterpret_cast<const std::uint8_t*>(block.data());
        const auto* const end = at + block.size();
        for (;;) {
            nghttp2_nv field{};
            int flags = 0;
            const ssize_t taken = nghttp2_hd_inflate_hd2(hd, &field, &flags, at, static_cast<std::size_t>(end - at), 1);
            EXPECT_GE(taken, 0) << "a header block that cannot be read";
            if (taken < 0) return fields;
            at += taken;
            if ((flags & NGHTTP2_HD_INFLATE_EMIT) != 0) {
                fields.emplace_back(std::string(reinterpret_cast<char*>(field.name), field.namelen),
                                    std::string(reinterpret_cast<char*>(field.value), field.valuelen));
            }
            if ((flags & NGHTTP2_HD_INFLATE_FINAL) != 0) {
                nghttp2_hd_inflate_end_headers(hd);
                return fields;
            }
        }
    }

    nghttp2_hd_inflater* hd = nullptr;
};

H2Client::H2Client(std::uint16_t port, std::uint32_t window, int receive_bytes)
    : line(port, receive_bytes), inflater_(std::make_unique<Inflater>()) {
    line.send(std::string(preface) + frame(settings_frame, no_flag, 0, setting(4, window)));
}

H2Client::~H2Client() = default;

void H2Client::greet() {
    EXPECT_TRUE(next(settings_frame, 0).has_value());
}

void H2Client::head(std::uint32_t stream, const Fields& fields, std::uint8_t flags) {
    line.send(frame(headers_frame, flags, stream, header_block(fields)));
}

void H2Client::data(std::uint32_t stream, std::string_view bytes, bool end) {
    static constexpr std::size_t most = 16'384;
    std::string all;
    while (bytes.size() > most) {
        all += frame(data_frame, no_flag, stream, bytes.substr(0, most));
        bytes.remove_prefix(most);
    }
    line.send(all + frame(data_frame, end ? end_stream : no_flag, stream, bytes));
}

void H2Client::call(std::uint32_t stream, std::string_view path, std::string_view body, const Fields& more) {
    head(stream, call_fields(path, more));
    data(stream, message(body), true);
}

void H2Client::open_window(std::uint32_t stream, std::uint32_t bytes) {
    line.send(frame(window_frame, no_flag, stream, number(bytes)));
}

void H2Client::reset(std::uint32_t stream, std::uint32_t why) {
    line.send(frame(reset_frame, no_flag, stream, number(why)));
}

void H2Client::ping(std::string_view eight) {
    line.send(frame(ping_frame, no_flag, 0, eight));
}

std::optional<Frame> H2Client::next() {
    static constexpr std::size_t head_bytes = 9;
    const auto byte = [&](std::size_t at) { return static_cast<unsigned char>(come_[at]); };
    for (;;) {
        if (come_.size() >= head_bytes) {
            const std::size_t size = std::size_t{byte(0)} << 16 | std::size_t{byte(1)} << 8 | byte(2);
            if (come_.size() >= head_bytes + size) {
                Frame one{.type = byte(3), .flags = byte(4), .payload = come_.substr(head_bytes, size)};
                one.stream = Frame{.payload = come_.substr(5, 4)}.number() & 0x7FFF'FFFF;
                come_.erase(0, head_bytes + size);
                if (one.type == headers_frame) one.fields = inflater_->fields_of(one.payload);
                return one;
            }
        }
        const std::string more = line.receive();
        if (more.empty()) return std::nullopt;
        come_ += more;
    }
}

std::optional<Frame> H2Client::next(const std::function<bool(const Frame&)>& wanted) {
    for (;;) {
        auto one = next();
        if (!one) return one;
        const bool asks = (one->flags & ack) == 0;
        if (asks && one->type == settings_frame) line.send(frame(settings_frame, ack, 0, {}));
        if (asks && one->type == ping_frame) line.send(frame(ping_frame, ack, 0, one->payload));
        if (wanted(*one)) return one;
    }
}

std::optional<Frame> H2Client::next(std::uint8_t type, std::uint32_t stream) {
    return next([&](const Frame& one) { return one.type == type && one.stream == stream; });
}

std::string H2Client::Answer::trailer(std::string_view name) const {
    return find(trailers, name);
}

H2Client::Answer H2Client::answer(std::uint32_t stream) {
    Answer all;
    for (;;) {
        const auto one = next([&](const Frame& any) { return any.stream == stream && any.type != window_frame; });
        if (!one) return all;
        all.types.push_back(one->type);
        if (one->type == headers_frame) {
            if (all.head.empty()) all.head = one->fields;
            all.trailers = one->fields;
        }
        if (one->type == data_frame && !one->payload.empty()) {
            all.body += one->payload;
            const auto size = static_cast<std::uint32_t>(one->payload.size());
            open_window(0, size);
            if (!one->ends_stream()) open_window(stream, size);
        }
        if (one->type == reset_frame) all.reset = one->number();
        if (one->type == reset_frame || one->ends_stream()) return all;
    }
}

}  // namespace transport
