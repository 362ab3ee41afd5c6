"""Who may ask what, and how often: keys with scopes, and a token bucket for each (design §8)."""

from math import ceil

from fanzha.base.words import Words
from fanzha.screen.http.problem import Problem
from fanzha.screen.metrics import REFUSED_KEYS, Metrics
from fanzha.store.screen_keys import REFRESH_MS, SCOPE_WORDS, KeyScope, ScreenKey, ScreenKeyCache

_SECOND_NS = 1_000_000_000
_MOST_KNOWN, _LONGEST_KNOWN = 1_000, 128  # "Bearer KEY" can be written in many ways
_ASK = ((b"www-authenticate", b'Bearer realm="fanzha"'), (b"connection", b"close"))


class Allowance:
    """What one key may still ask: `rate` values a second more, never above `burst`."""

    __slots__ = ("_at", "_left", "key", "scopes")

    def __init__(self, key: ScreenKey, now: int) -> None:
        """Begin with all of `burst`; `now` is nanoseconds of a clock that never goes back."""
        self.key, self.scopes, self._left, self._at = key, key.scopes, float(key.burst), now

    def spend(self, values: int, now: int) -> float:
        """Take so many values off; returns 0, or the seconds to wait when there are not as many left."""
        key = self.key
        left, self._at = self._left + (now - self._at) * key.rate / _SECOND_NS, now
        if left > key.burst:
            left = key.burst
        if left < values:
            self._left = left
            return (values - left) / key.rate
        self._left = left - values
        return 0.0


class Gate:
    """Lets requests in by their key. Without a file of keys nobody comes in."""

    def __init__(self, keys: ScreenKeyCache, metrics: Metrics) -> None:
        """Take the keys as they are in use."""
        self._keys = keys
        self._allowances: dict[str, Allowance] = {}  # by digest: no more than there ever were keys in the file
        self._known: dict[bytes, Allowance] = {}  # by what was sent, for a second: hashing it costs more than deciding
        self._forget_at = 0
        self._refused = {why: metrics.refused_keys.of(why) for why in REFUSED_KEYS}
        metrics.keys_unreadable.read(lambda: float(bool(keys.fault)))

    def admit(self, authorization: bytes, scope: KeyScope, at: int, now: int) -> Allowance:
        """Return the allowance of the request's key, one value taken off; raises Problem (401, 403, 429).

        `at` is UTC ms, `now` nanoseconds of the clock that never goes back.
        """
        if at >= self._forget_at:
            self._known.clear()
            self._forget_at = at + REFRESH_MS
        allowance = self._known.get(authorization) or self._find(authorization, at, now)
        if scope not in allowance.scopes:
            self._refused["scope"].value += 1
            words = SCOPE_WORDS[scope]
            raise Problem("out-of-scope", Words(f"需要权限 {scope}（{words.zh}）", f"it needs {scope}: {words.en}"))
        if wait := allowance.spend(1, now):
            raise self._too_fast(wait)
        return allowance

    def _find(self, authorization: bytes, at: int, now: int) -> Allowance:
        if authorization[:7].lower() != b"bearer ":
            self._refused["none"].value += 1
            raise Problem("no-key", Words("请携带 Authorization: Bearer 密钥", "send Authorization: Bearer KEY"), _ASK)
        key = self._keys.find(authorization[7:].strip(), at)
        if key is None:
            self._refused["unknown"].value += 1
            raise Problem("unknown-key", Words("请向运营方申请密钥", "ask the operator for a key"), _ASK)
        allowance = self._allowances.setdefault(key.digest, Allowance(key, now))
        if len(self._known) < _MOST_KNOWN and len(authorization) <= _LONGEST_KNOWN:
            self._known[authorization] = allowance
        return allowance

    def charge(self, allowance: Allowance | None, values: int, now: int) -> None:
        """Take the values of a batch off an allowance, but for the one taken off as it was let in; raises Problem (429,
        or 413 where waiting would not help)."""
        if allowance is None or values <= 1:
            return
        if values > allowance.key.burst:
            most = allowance.key.burst
            raise Problem("too-many", Words(f"该密钥一次最多 {most} 个值", f"this key may ask {most} values at once"))
        if wait := allowance.spend(values - 1, now):
            raise self._too_fast(wait)

    def _too_fast(self, wait: float) -> Problem:
        self._refused["rate"].value += 1
        seconds = ceil(wait)
        words = Words(f"请在 {seconds} 秒后重试", f"try again in {seconds} s")
        return Problem("too-fast", words, ((b"retry-after", b"%d" % seconds),))
