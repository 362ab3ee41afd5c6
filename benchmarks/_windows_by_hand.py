"""The twenty rules of benchmarks.live in plain Python, as one would write them by hand for one process."""

from collections import Counter, deque
from collections.abc import Callable, Mapping, Sequence
from typing import Any

Fields = Mapping[str, Any]


class Window:
    """Calls of one key within a span: how many, how many from VoIP, how many different items."""

    def __init__(self) -> None:
        self.calls: deque[tuple[int, Any, bool]] = deque()
        self.items: Counter[Any] = Counter()
        self.voip = 0

    def put(self, moment: int, item: Any, is_voip: bool, span: int) -> None:
        """Take a call in, let old ones out."""
        self.calls.append((moment, item, is_voip))
        self.items[item] += 1
        self.voip += is_voip
        self.let_out(moment - span)

    def let_out(self, oldest: int) -> None:
        """Forget what lies outside the span."""
        while self.calls and self.calls[0][0] <= oldest:
            _, item, was_voip = self.calls.popleft()
            self.voip -= was_voip
            self.items[item] -= 1
            if not self.items[item]:
                del self.items[item]


class ByHand:
    """All rules over all windows; keys that have gone silent are looked for once a span."""

    def __init__(self, rules: Sequence[tuple[str, str, int, tuple[int, int, int]]]) -> None:
        """Each rule is its key, its item, its span (ms) and its three limits."""
        self._families: dict[tuple[str, int], dict[Any, Window]] = {(key, span): {} for key, _, span, _ in rules}
        self._items = {(key, span): item for key, item, span, _ in rules}
        self._rules = [(nth, (key, span), limits) for nth, (key, _, span, limits) in enumerate(rules)]
        self._keys: dict[str, Callable[[Fields], Any]] = {key: _key(key) for key, _, _, _ in rules}
        self._sweep_at = dict.fromkeys(self._families, 0)

    def offered(self, moment: int, fields: Fields) -> list[int]:
        """Take a call in; return the numbers of the rules that fire."""
        now: dict[tuple[str, int], Window] = {}
        is_voip = fields["ingress"] == "voip"
        for family, windows in self._families.items():
            key, span = family
            value = self._keys[key](fields)
            window = windows.get(value)
            if window is None:
                window = windows[value] = Window()
            window.put(moment, fields[self._items[family]], is_voip, span)
            now[family] = window
            if moment >= self._sweep_at[family]:
                self._sweep(family, moment)
        return [
            nth
            for nth, family, (calls, items, voip) in self._rules
            if len(now[family].calls) >= calls and len(now[family].items) >= items and now[family].voip >= voip
        ]

    def _sweep(self, family: tuple[str, int], moment: int) -> None:
        windows, span = self._families[family], family[1]
        for value in [value for value, window in windows.items() if window.calls[-1][0] <= moment - span]:
            del windows[value]
        self._sweep_at[family] = moment + span


def _key(written: str) -> Callable[[Fields], Any]:
    names = written.split(", ")
    return (lambda fields: fields[names[0]]) if len(names) == 1 else (lambda fields: tuple(fields[n] for n in names))
