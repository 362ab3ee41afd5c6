"""Authorize requests by keys with scopes, and limit each key's rate with a token bucket."""

from math import ceil

from fanzha.base.words import Words
from fanzha.screen.http.problem import HttpProblem
from fanzha.screen.metrics import REFUSED_KEYS, Metrics
from fanzha.store.screen_keys import REFRESH_NS, SCOPE_WORDS, KeyScope, ScreenKey, ScreenKeyCache

_SECOND_NS = 1_000_000_000
_MAX_KNOWN, _LONGEST_KNOWN = 1_000, 128  # "Bearer KEY" has many spellings
_CHALLENGE = ((b"www-authenticate", b'Bearer realm="fanzha"'), (b"connection", b"close"))


class TokenBucket:
    """The rate limit of one key: `rate` values a second, at most `burst`."""

    __slots__ = ("_at", "_tokens", "key", "scopes")

    def __init__(self, key: ScreenKey, now: int) -> None:
        """Begin with a full bucket; `now` is in nanoseconds of a monotonic clock."""
        self.key, self.scopes, self._tokens, self._at = key, key.scopes, float(key.burst), now

    def spend(self, values: int, now: int) -> float:
        """Take `values` tokens and return 0; return the seconds to wait if there are too few."""
        key = self.key
        tokens, self._at = self._tokens + (now - self._at) * key.rate / _SECOND_NS, now
        if tokens > key.burst:
            tokens = key.burst
        if tokens < values:
            self._tokens = tokens
            return (values - tokens) / key.rate
        self._tokens = tokens - values
        return 0.0


class KeyAuthorizer:
    """Admits requests by key. Without a key file every request is refused."""

    def __init__(self, keys: ScreenKeyCache, metrics: Metrics) -> None:
        """Take the keys in use."""
        self._keys = keys
        self._buckets: dict[str, TokenBucket] = {}  # by digest; bounded by the keys ever in the file
        self._recent: dict[bytes, TokenBucket] = {}  # by header value, for a second; hashing is slow
        self._forget_at_ns = 0
        self._refused = {why: metrics.refused_keys.series_for(why) for why in REFUSED_KEYS}
        metrics.keys_unreadable.set_function(lambda: float(bool(keys.fault)))

    def admit(self, authorization: bytes, scope: KeyScope, at: int, now: int) -> TokenBucket:
        """Return the token bucket of the request's key, one token taken; raise HttpProblem (401, 403, 429).

        `at` is UTC ms, `now` nanoseconds of a monotonic clock.
        """
        if now >= self._forget_at_ns:
            self._recent.clear()
            self._forget_at_ns = now + REFRESH_NS
        bucket = self._recent.get(authorization) or self._find(authorization, at, now)
        if scope not in bucket.scopes:
            self._refused["scope"].value += 1
            words = SCOPE_WORDS[scope]
            raise HttpProblem("out-of-scope", Words(f"需要权限 {scope}（{words.zh}）", f"it needs {scope}: {words.en}"))
        if wait := bucket.spend(1, now):
            raise self._too_fast(wait)
        return bucket

    def _find(self, authorization: bytes, at: int, now: int) -> TokenBucket:
        if authorization[:7].lower() != b"bearer ":
            self._refused["none"].value += 1
            raise HttpProblem(
                "no-key", Words("请携带 Authorization: Bearer 密钥", "send Authorization: Bearer KEY"), _CHALLENGE
            )
        key = self._keys.find(authorization[7:].strip(), at, now)
        if key is None:
            self._refused["unknown"].value += 1
            raise HttpProblem("unknown-key", Words("请向运营方申请密钥", "ask the operator for a key"), _CHALLENGE)
        bucket = self._buckets.setdefault(key.digest, TokenBucket(key, now))
        if len(self._recent) < _MAX_KNOWN and len(authorization) <= _LONGEST_KNOWN:
            self._recent[authorization] = bucket
        return bucket

    def charge(self, bucket: TokenBucket | None, values: int, now: int) -> None:
        """Take the tokens of a batch, except the one taken on admission.

        Raise HttpProblem: 429, or 413 if waiting would not help.
        """
        if bucket is None or values <= 1:
            return
        if values > bucket.key.burst:
            burst = bucket.key.burst
            raise HttpProblem(
                "too-many", Words(f"该密钥一次最多 {burst} 个值", f"this key may ask {burst} values at once")
            )
        if wait := bucket.spend(values - 1, now):
            raise self._too_fast(wait)

    def _too_fast(self, wait: float) -> HttpProblem:
        self._refused["rate"].value += 1
        seconds = ceil(wait)
        words = Words(f"请在 {seconds} 秒后重试", f"try again in {seconds} s")
        return HttpProblem("too-fast", words, ((b"retry-after", b"%d" % seconds),))
