/// How an object is taken apart into references to its fields: one structured binding for each number of fields.
/// Inside of varve/reflect.hpp; not meant to be included by applications.
#pragma once

#include <cstddef>

#include "varve/detail/tied.hpp"

namespace varve::reflect::detail {

inline constexpr std::size_t fields_max = 32;

/// `Apart<N>::tie(object)` for an object of exactly N fields.
template <std::size_t N>
struct Apart;

template <>
struct Apart<0> {
    template <class T>
    static constexpr Tied<> tie(T&) {
        return {};
    }
};

template <>
struct Apart<1> {
    template <class T>
    static constexpr auto tie(T& object) {
        auto& [a] = object;
        return Tied<decltype(a)>(a);
    }
};

template <>
struct Apart<2> {
    template <class T>
    static constexpr auto tie(T& object) {
        auto& [a, b] = object;
        return Tied<decltype(a), decltype(b)>(a, b);
    }
};

template <>
struct Apart<3> {
    template <class T>
    static constexpr auto tie(T& object) {
        auto& [a, b, c] = object;
        return Tied<decltype(a), decltype(b), decltype(c)>(a, b, c);
    }
};

template <>
struct Apart<4> {
    template <class T>
    static constexpr auto tie(T& object) {
        auto& [a, b, c, d] = object;
        return Tied<decltype(a), decltype(b), decltype(c), decltype(d)>(a, b, c, d);
    }
};

template <>
struct Apart<5> {
    template <class T>
    static constexpr auto tie(T& object) {
        auto& [a, b, c, d, e] = object;
        return Tied<decltype(a), decltype(b), decltype(c), decltype(d), decltype(e)>(a, b, c, d, e);
    }
};

template <>
struct Apart<6> {
    template <class T>
    static constexpr auto tie(T& object) {
        auto& [a, b, c, d, e, f] = object;
        return Tied<decltype(a), decltype(b), decltype(c), decltype(d), decltype(e), decltype(f)>(a, b, c, d, e, f);
    }
};

template <>
struct Apart<7> {
    template <class T>
    static constexpr auto tie(T& object) {
        auto& [a, b, c, d, e, f, g] = object;
        return Tied<decltype(a), decltype(b), decltype(c), decltype(d), decltype(e), decltype(f), decltype(g)>(
            a, b, c, d, e, f, g);
    }
};

template <>
struct Apart<8> {
    template <class T>
    static constexpr auto tie(T& object) {
        auto& [a, b, c, d, e, f, g, h] = object;
        return Tied<decltype(a), decltype(b), decltype(c), decltype(d), decltype(e), decltype(f), decltype(g),
                    decltype(h)>(a, b, c, d, e, f, g, h);
    }
};

template <>
struct Apart<9> {
    template <class T>
    static constexpr auto tie(T& object) {
        auto& [a, b, c, d, e, f, g, h, i] = object;
        return Tied<decltype(a), decltype(b), decltype(c), decltype(d), decltype(e), decltype(f), decltype(g),
                    decltype(h), decltype(i)>(a, b, c, d, e, f, g, h, i);
    }
};

template <>
struct Apart<10> {
    template <class T>
    static constexpr auto tie(T& object) {
        auto& [a, b, c, d, e, f, g, h, i, j] = object;
        return Tied<decltype(a), decltype(b), decltype(c), decltype(d), decltype(e), decltype(f), decltype(g),
                    decltype(h), decltype(i), decltype(j)>(a, b, c, d, e, f, g, h, i, j);
    }
};

template <>
struct Apart<11> {
    template <class T>
    static constexpr auto tie(T& object) {
        auto& [a, b, c, d, e, f, g, h, i, j, k] = object;
        return Tied<decltype(a), decltype(b), decltype(c), decltype(d), decltype(e), decltype(f), decltype(g),
                    decltype(h), decltype(i), decltype(j), decltype(k)>(a, b, c, d, e, f, g, h, i, j, k);
    }
};

template <>
struct Apart<12> {
    template <class T>
    static constexpr auto tie(T& object) {
        auto& [a, b, c, d, e, f, g, h, i, j, k, l] = object;
        return Tied<decltype(a), decltype(b), decltype(c), decltype(d), decltype(e), decltype(f), decltype(g),
                    decltype(h), decltype(i), decltype(j), decltype(k), decltype(l)>(a, b, c, d, e, f, g, h, i, j, k,
                                                                                     l);
    }
};

template <>
struct Apart<13> {
    template <class T>
    static constexpr auto tie(T& object) {
        auto& [a, b, c, d, e, f, g, h, i, j, k, l, m] = object;
        return Tied<decltype(a), decltype(b), decltype(c), decltype(d), decltype(e), decltype(f), decltype(g),
                    decltype(h), decltype(i), decltype(j), decltype(k), decltype(l), decltype(m)>(a, b, c, d, e, f, g,
                                                                                                  h, i, j, k, l, m);
    }
};

template <>
struct Apart<14> {
    template <class T>
    static constexpr auto tie(T& object) {
        auto& [a, b, c, d, e, f, g, h, i, j, k, l, m, n] = object;
        return Tied<decltype(a), decltype(b), decltype(c), decltype(d), decltype(e), decltype(f), decltype(g),
                    decltype(h), decltype(i), decltype(j), decltype(k), decltype(l), decltype(m), decltype(n)>(
            a, b, c, d, e, f, g, h, i, j, k, l, m, n);
    }
};

template <>
struct Apart<15> {
    template <class T>
    static constexpr auto tie(T& object) {
        auto& [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o] = object;
        return Tied<decltype(a), decltype(b), decltype(c), decltype(d), decltype(e), decltype(f), decltype(g),
                    decltype(h), decltype(i), decltype(j), decltype(k), decltype(l), decltype(m), decltype(n),
                    decltype(o)>(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o);
    }
};

template <>
struct Apart<16> {
    template <class T>
    static constexpr auto tie(T& object) {
        auto& [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p] = object;
        return Tied<decltype(a), decltype(b), decltype(c), decltype(d), decltype(e), decltype(f), decltype(g),
                    decltype(h), decltype(i), decltype(j), decltype(k), decltype(l), decltype(m), decltype(n),
                    decltype(o), decltype(p)>(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p);
    }
};

template <>
struct Apart<17> {
    template <class T>
    static constexpr auto tie(T& object) {
        auto& [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q] = object;
        return Tied<decltype(a), decltype(b), decltype(c), decltype(d), decltype(e), decltype(f), decltype(g),
                    decltype(h), decltype(i), decltype(j), decltype(k), decltype(l), decltype(m), decltype(n),
                    decltype(o), decltype(p), decltype(q)>(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q);
    }
};

template <>
struct Apart<18> {
    template <class T>
    static constexpr auto tie(T& object) {
        auto& [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r] = object;
        return Tied<decltype(a), decltype(b), decltype(c), decltype(d), decltype(e), decltype(f), decltype(g),
                    decltype(h), decltype(i), decltype(j), decltype(k), decltype(l), decltype(m), decltype(n),
                    decltype(o), decltype(p), decltype(q), decltype(r)>(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p,
                                                                        q, r);
    }
};

template <>
struct Apart<19> {
    template <class T>
    static constexpr auto tie(T& object) {
        auto& [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s] = object;
        return Tied<decltype(a), decltype(b), decltype(c), decltype(d), decltype(e), decltype(f), decltype(g),
                    decltype(h), decltype(i), decltype(j), decltype(k), decltype(l), decltype(m), decltype(n),
                    decltype(o), decltype(p), decltype(q), decltype(r), decltype(s)>(a, b, c, d, e, f, g, h, i, j, k, l,
                                                                                     m, n, o, p, q, r, s);
    }
};

template <>
struct Apart<20> {
    template <class T>
    static constexpr auto tie(T& object) {
        auto& [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, t] = object;
        return Tied<decltype(a), decltype(b), decltype(c), decltype(d), decltype(e), decltype(f), decltype(g),
                    decltype(h), decltype(i), decltype(j), decltype(k), decltype(l), decltype(m), decltype(n),
                    decltype(o), decltype(p), decltype(q), decltype(r), decltype(s), decltype(t)>(
            a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, t);
    }
};

template <>
struct Apart<21> {
    template <class T>
    static constexpr auto tie(T& object) {
        auto& [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, t, u] = object;
        return Tied<decltype(a), decltype(b), decltype(c), decltype(d), decltype(e), decltype(f), decltype(g),
                    decltype(h), decltype(i), decltype(j), decltype(k), decltype(l), decltype(m), decltype(n),
                    decltype(o), decltype(p), decltype(q), decltype(r), decltype(s), decltype(t), decltype(u)>(
            a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, t, u);
    }
};

template <>
struct Apart<22> {
    template <class T>
    static constexpr auto tie(T& object) {
        auto& [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, t, u, v] = object;
        return Tied<decltype(a), decltype(b), decltype(c), decltype(d), decltype(e), decltype(f), decltype(g),
                    decltype(h), decltype(i), decltype(j), decltype(k), decltype(l), decltype(m), decltype(n),
                    decltype(o), decltype(p), decltype(q), decltype(r), decltype(s), decltype(t), decltype(u),
                    decltype(v)>(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, t, u, v);
    }
};

template <>
struct Apart<23> {
    template <class T>
    static constexpr auto tie(T& object) {
        auto& [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, t, u, v, w] = object;
        return Tied<decltype(a), decltype(b), decltype(c), decltype(d), decltype(e), decltype(f), decltype(g),
                    decltype(h), decltype(i), decltype(j), decltype(k), decltype(l), decltype(m), decltype(n),
                    decltype(o), decltype(p), decltype(q), decltype(r), decltype(s), decltype(t), decltype(u),
                    decltype(v), decltype(w)>(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, t, u, v, w);
    }
};

template <>
struct Apart<24> {
    template <class T>
    static constexpr auto tie(T& object) {
        auto& [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, t, u, v, w, x] = object;
        return Tied<decltype(a), decltype(b), decltype(c), decltype(d), decltype(e), decltype(f), decltype(g),
                    decltype(h), decltype(i), decltype(j), decltype(k), decltype(l), decltype(m), decltype(n),
                    decltype(o), decltype(p), decltype(q), decltype(r), decltype(s), decltype(t), decltype(u),
                    decltype(v), decltype(w), decltype(x)>(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, t,
                                                           u, v, w, x);
    }
};

template <>
struct Apart<25> {
    template <class T>
    static constexpr auto tie(T& object) {
        auto& [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, t, u, v, w, x, y] = object;
        return Tied<decltype(a), decltype(b), decltype(c), decltype(d), decltype(e), decltype(f), decltype(g),
                    decltype(h), decltype(i), decltype(j), decltype(k), decltype(l), decltype(m), decltype(n),
                    decltype(o), decltype(p), decltype(q), decltype(r), decltype(s), decltype(t), decltype(u),
                    decltype(v), decltype(w), decltype(x), decltype(y)>(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p,
                                                                        q, r, s, t, u, v, w, x, y);
    }
};

template <>
struct Apart<26> {
    template <class T>
    static constexpr auto tie(T& object) {
        auto& [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, t, u, v, w, x, y, z] = object;
        return Tied<decltype(a), decltype(b), decltype(c), decltype(d), decltype(e), decltype(f), decltype(g),
                    decltype(h), decltype(i), decltype(j), decltype(k), decltype(l), decltype(m), decltype(n),
                    decltype(o), decltype(p), decltype(q), decltype(r), decltype(s), decltype(t), decltype(u),
                    decltype(v), decltype(w), decltype(x), decltype(y), decltype(z)>(
            a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, t, u, v, w, x, y, z);
    }
};

template <>
struct Apart<27> {
    template <class T>
    static constexpr auto tie(T& object) {
        auto& [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, t, u, v, w, x, y, z, aa] = object;
        return Tied<decltype(a), decltype(b), decltype(c), decltype(d), decltype(e), decltype(f), decltype(g),
                    decltype(h), decltype(i), decltype(j), decltype(k), decltype(l), decltype(m), decltype(n),
                    decltype(o), decltype(p), decltype(q), decltype(r), decltype(s), decltype(t), decltype(u),
                    decltype(v), decltype(w), decltype(x), decltype(y), decltype(z), decltype(aa)>(
            a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, t, u, v, w, x, y, z, aa);
    }
};

template <>
struct Apart<28> {
    template <class T>
    static constexpr auto tie(T& object) {
        auto& [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, t, u, v, w, x, y, z, aa, ab] = object;
        return Tied<decltype(a), decltype(b), decltype(c), decltype(d), decltype(e), decltype(f), decltype(g),
                    decltype(h), decltype(i), decltype(j), decltype(k), decltype(l), decltype(m), decltype(n),
                    decltype(o), decltype(p), decltype(q), decltype(r), decltype(s), decltype(t), decltype(u),
                    decltype(v), decltype(w), decltype(x), decltype(y), decltype(z), decltype(aa), decltype(ab)>(
            a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, t, u, v, w, x, y, z, aa, ab);
    }
};

template <>
struct Apart<29> {
    template <class T>
    static constexpr auto tie(T& object) {
        auto& [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, t, u, v, w, x, y, z, aa, ab, ac] = object;
        return Tied<decltype(a), decltype(b), decltype(c), decltype(d), decltype(e), decltype(f), decltype(g),
                    decltype(h), decltype(i), decltype(j), decltype(k), decltype(l), decltype(m), decltype(n),
                    decltype(o), decltype(p), decltype(q), decltype(r), decltype(s), decltype(t), decltype(u),
                    decltype(v), decltype(w), decltype(x), decltype(y), decltype(z), decltype(aa), decltype(ab),
                    decltype(ac)>(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, t, u, v, w, x, y, z, aa, ab,
                                  ac);
    }
};

template <>
struct Apart<30> {
    template <class T>
    static constexpr auto tie(T& object) {
        auto& [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, t, u, v, w, x, y, z, aa, ab, ac, ad] = object;
        return Tied<decltype(a), decltype(b), decltype(c), decltype(d), decltype(e), decltype(f), decltype(g),
                    decltype(h), decltype(i), decltype(j), decltype(k), decltype(l), decltype(m), decltype(n),
                    decltype(o), decltype(p), decltype(q), decltype(r), decltype(s), decltype(t), decltype(u),
                    decltype(v), decltype(w), decltype(x), decltype(y), decltype(z), decltype(aa), decltype(ab),
                    decltype(ac), decltype(ad)>(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, t, u, v, w, x,
                                                y, z, aa, ab, ac, ad);
    }
};

template <>
struct Apart<31> {
    template <class T>
    static constexpr auto tie(T& object) {
        auto& [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, t, u, v, w, x, y, z, aa, ab, ac, ad, ae] =
            object;
        return Tied<decltype(a), decltype(b), decltype(c), decltype(d), decltype(e), decltype(f), decltype(g),
                    decltype(h), decltype(i), decltype(j), decltype(k), decltype(l), decltype(m), decltype(n),
                    decltype(o), decltype(p), decltype(q), decltype(r), decltype(s), decltype(t), decltype(u),
                    decltype(v), decltype(w), decltype(x), decltype(y), decltype(z), decltype(aa), decltype(ab),
                    decltype(ac), decltype(ad), decltype(ae)>(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s,
                                                              t, u, v, w, x, y, z, aa, ab, ac, ad, ae);
    }
};

template <>
struct Apart<32> {
    template <class T>
    static constexpr auto tie(T& object) {
        auto& [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, t, u, v, w, x, y, z, aa, ab, ac, ad, ae, af] =
            object;
        return Tied<decltype(a), decltype(b), decltype(c), decltype(d), decltype(e), decltype(f), decltype(g),
                    decltype(h), decltype(i), decltype(j), decltype(k), decltype(l), decltype(m), decltype(n),
                    decltype(o), decltype(p), decltype(q), decltype(r), decltype(s), decltype(t), decltype(u),
                    decltype(v), decltype(w), decltype(x), decltype(y), decltype(z), decltype(aa), decltype(ab),
                    decltype(ac), decltype(ad), decltype(ae), decltype(af)>(
            a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, t, u, v, w, x, y, z, aa, ab, ac, ad, ae, af);
    }
};

}  // namespace varve::reflect::detail
