"""Random rule texts that check: every window, span, key, function and operator, about random streams."""

from collections.abc import Callable, Mapping
from random import Random

import numpy as np
import pyarrow as pa
from tests.rules.random_stream import HOSTS, NUMBERS, WORDS

from fanzha.base.list_columns import column_list, column_member
from fanzha.events import CALL_FACTS
from fanzha.rules.catalog import FACTS, NUMBER_CLASSES, PROFILE_FIELDS, subjects
from fanzha.rules.tree import Type
from fanzha.rules.words import MODES

#: As authors write them, and in ms; each is a whole number of ticks of some stream, or just beside one.
SPANS = {
    **{"1 ms": 1, "2 ms": 2, "9 ms": 9, "40 ms": 40, "500 ms": 500, "999 ms": 999, "1 s": 1_000, "5 s": 5_000},
    **{"20 s": 20_000, "59 s": 59_000, "1 min": 60_000, "3 min": 180_000, "10 min": 600_000, "30 min": 1_800_000},
    **{"1h": 3_600_000, "3h": 10_800_000, "6h": 21_600_000, "23h": 82_800_000, "24h": 86_400_000, "1 day": 86_400_000},
}
DAYS = ("2 days", "3 days", "7 days", "30 days")
TICKS = {"1 min": 60_000, "15 min": 900_000, "1h": 3_600_000, "6h": 21_600_000, "24h": 86_400_000}
PATTERNS = (r"^\+?86", "[13579]$", r"(?i)x|\.\w", "0{2,4}[^0]", r"^\D*$")
PLAIN_LISTS = {"spared": NUMBERS[:2], "words": WORDS[:1], "ranges": ("+86138*", NUMBERS[0][:9] + "*", HOSTS[0])}
COLUMNS: dict[str, dict[str, tuple[str, ...]]] = {
    "spared": {"area": ("a", "b")},
    "ranges": {"area": ("b", "", "a"), "owner": (NUMBERS[0], "x", "x")},
}
LISTS = PLAIN_LISTS | {
    column_list(name, column): tuple(map(column_member, PLAIN_LISTS[name], texts))
    for name, columns in COLUMNS.items()
    for column, texts in columns.items()
}


def random_rule(random: Random, tables: Mapping[str, pa.Table], *, of_single_facts: bool = False) -> str:
    """Return the text of one rule and its lists, for facts like those of the tables.

    If it is `of_single_facts` it decides by no clock and asks for no most frequent values, as on a screen.
    """
    return RandomRule(random, tables, of_single_facts=of_single_facts).text()


def random_live_rule(random: Random, tables: Mapping[str, pa.Table]) -> str:
    """Return the text of a rule that single facts can decide: one that reads no registrations."""
    while "profile(" in (text := random_rule(random, tables, of_single_facts=True)):
        pass
    return text


class RandomRule:
    """One rule in the making; what it reads and how far it looks back mostly suits the stream."""

    def __init__(self, random: Random, tables: Mapping[str, pa.Table], *, of_single_facts: bool = False) -> None:
        self.random = random
        self.modes = () if of_single_facts else MODES
        self.of_single_facts = of_single_facts
        self.facts = [name for name, table in tables.items() for _ in range(table.num_rows)]
        moments = np.unique(np.concatenate([table["occurred_at"].to_numpy() for table in tables.values()]))
        self.tick, self.whole = int(np.median(np.diff(moments))), int(moments[-1] - moments[0])
        self.on = self.fact()
        self.budget = random.choice((3, 6, 10))  # windows

    def fact(self) -> str:
        """Return a table, mostly one that has many facts."""
        return self.random.choice(self.facts if self.random.random() < 0.95 else tuple(FACTS))

    def text(self) -> str:
        """Draw the rule."""
        lists = "".join(f"list {_declared(name)}\n" for name in PLAIN_LISTS)
        let = f"  let held = {self.number(self.on, 3)}\n" if self.random.random() < 0.3 else ""
        when = self.when(bool(let))
        point = self.point()
        if " every " in point and self.random.random() < 0.5:
            when = f"({when}) and {self.rank()}"
        unless = f"  except {self.truth(self.on, 2)}\n" if self.random.random() < 0.3 else ""
        find = self.random.choice(subjects(self.on))
        score = self.score()
        return f"{lists}rule drawn\n  on {point}\n{let}  when {when}\n{unless}  then find {find} score {score}\n"

    def point(self) -> str:
        """Return where the rule decides."""
        if self.random.random() < 0.15:
            return f"{self.on} not followed by {self.selection(self.on, self.fact(), 1)} within {self.waited()}"
        ticks = [every for every, size in TICKS.items() if size <= self.whole <= 100 * size]
        if ticks and not self.of_single_facts and self.random.random() < 0.2:
            keys = dict.fromkeys(self.field(self.on, Type.TEXT) for _ in range(self.random.choice((1, 1, 2))))
            return f"{self.on} every {self.random.choice(ticks)} by {', '.join(keys)}"
        waits = {"call_answered": "talking", "call_offered": "ringing"}
        if self.on in waits and self.random.random() < 0.6:
            return f"call still {waits[self.on]} {self.waited()}"
        return self.on

    def rank(self) -> str:
        """Return a comparison of a rank."""
        window, _ = self.window(self.on, 2) if self.budget > 0 else (f"count({self.on} by source, 1h)", Type.NUMBER)
        within = self.random.choice(("", f" within {self.field(self.on, Type.TEXT)}", " within source, simulated"))
        ranked = self.random.choice((window, f"({window} / 2)"))
        return f"rank({ranked}{within}) {self.random.choice(('<=', '>', '='))} {self.random.choice('123')}"

    def waited(self) -> str:
        """Return the length of a wait."""
        wait = self.exact()
        return wait if SPANS[wait] <= SPANS["6h"] else "12h"

    def when(self, held: bool) -> str:
        """Return the condition; of half the rules it is true at every fact, so that all windows are seen."""
        when = f"({self.of_window(self.on, 3)} {self.random.choice(('and', 'or'))} {self.truth(self.on, 3)})"
        if held:
            when = f"{when} or held > {self.amount()}"
        if self.random.random() < 0.5:
            when = f"event_id is known or {when}"
        port_sms = 'channel = "port_sms"'
        certain = {"message": port_sms, "finding": port_sms, "test_call": 'received_ingress = "mobile"'}.get(self.on)
        return f"{certain} and ({when})" if certain else when

    def score(self) -> str:
        """Return a score, as a number or as points."""
        if self.random.random() < 0.5:
            return self.random.choice(("0.7", "35%", "0", "1"))
        return (
            f"points(0.1 when {self.truth(self.on, 2)}, 0.7 when {self.truth(self.on, 2)}, 20% when event_id is known)"
        )

    def truth(self, fact: str, depth: int) -> str:
        """Return a condition on a fact."""
        if depth > 0 and self.random.random() < 0.4:
            both = self.random.choice(("and", "or"))
            negated = "not " if self.random.random() < 0.3 else ""
            return f"({negated}{self.truth(fact, depth - 1)} {both} {self.truth(fact, depth - 1)})"
        if depth > 0 and self.random.random() < 0.1:
            return self.after(fact, depth)
        if depth > 0 and self.budget > 0 and self.random.random() < 0.1:
            return self.last_text(fact, depth)
        comparison, of_text, of_truth, known = self.comparison, self.of_text, self.of_truth, self.known
        drawn: Callable[[str, int], str] = self.random.choice((comparison, comparison, of_text, of_truth, known))
        return drawn(fact, depth)

    def after(self, fact: str, depth: int) -> str:
        """Return a question for facts that follow each other before the present one."""
        sources = [self.source(fact) for _ in range(self.random.choice((1, 1, 2, 3)))]
        followed = zip(sources, [*sources[1:], fact], strict=True)
        steps = [f"{self.selection(later, source, depth)}, {self.exact()}" for source, later in followed]
        return f"after({' then '.join(steps)})"

    def comparison(self, fact: str, depth: int) -> str:
        """Return a comparison of numbers, or of durations."""
        sign = self.random.choice((">=", "<=", ">", "<", "=", "!="))
        if depth > 0 and self.budget > 0 and self.random.random() < 0.1:
            return self.quantile(fact, sign, depth)
        if self.random.random() < 0.6:
            return f"{self.number(fact, depth)} {sign} {self.amount()}"
        return f"{self.duration(fact, depth)} {sign} {self.exact()}"

    def quantile(self, fact: str, sign: str, depth: int) -> str:
        """Return a comparison of a quantile, which takes constants alone."""
        self.budget -= 1
        source = self.source(fact)
        kind = self.random.choice((Type.NUMBER, Type.DURATION))
        what = self.random.choice(("median(", "quantile(90%, ", "quantile(0.25, ", "quantile(1, "))
        selection = self.selection(fact, source, depth)
        window = f"{what}{self.value(source, kind, min(depth, 2) - 1)} of {selection}, {self.span(before=True)})"
        limit = self.amount() if kind is Type.NUMBER else self.exact()
        return self.random.choice((f"{window} {sign} {limit}", f"{limit} {sign} {window}"))

    def of_window(self, fact: str, depth: int) -> str:
        """Return a comparison that has a window for sure."""
        window, kind = self.window(fact, depth)
        amount = self.amount() if kind is Type.NUMBER else self.exact()
        return f"{window} {self.random.choice(('>=', '<=', '='))} {amount}"

    def of_text(self, fact: str, depth: int) -> str:
        """Return a question about a text."""
        field = self.field(fact, Type.TEXT)
        values, asked = FACTS[fact][field].values, self.first_known(fact, field)
        if values:
            listed = ", ".join(f'"{value}"' for value in values[:2])
            return self.random.choice(
                (f'{asked} = "{values[0]}"', f'{asked} != "{values[1]}"', f"{asked} in ({listed})")
            )
        word, number = self.word(fact, field), self.first_known(fact, field, literals=False)
        part = self.random.choice(('"00"', '"o"', '("00", ".")'))
        inside = f"{asked} {self.random.choice(('in', 'not in'))} {self.random.choice(tuple(PLAIN_LISTS))}"
        return self.random.choice(
            (
                f'{asked} = "{word}"',
                f"{asked} = {self.some_text(fact)}",
                inside,
                inside,
                f'class({number}) = "{self.random.choice(NUMBER_CLASSES)}"',
                f'country({number}) in ("CN", "HK")',
                self.cut(asked) + f' = "{word[:4]}"',
                f'attribute({asked} in spared, area) = "a"',
                self.of_profile(fact, number),
                f'attribute({asked} in ranges, area) != "b"',
                f"{asked} contains {self.random.choice((part, 'words'))}",
                f'{asked} not matches "{self.random.choice(PATTERNS)}"',
            )
        )

    def of_profile(self, fact: str, number: str) -> str:
        """Return a question about what is registered of a number."""
        name = self.random.choice([name for name in PROFILE_FIELDS if name != "registered_at"])
        if PROFILE_FIELDS[name].type is not Type.TEXT:
            return f"profile({number}, {name}) {self.random.choice(('>=', '=', '<'))} {self.amount()}"
        values = PROFILE_FIELDS[name].values or WORDS
        other = self.random.choice((self.some_text(fact), f"profile({self.some_text(fact)}, outlet)"))
        return self.random.choice(
            (
                f'profile({number}, {name}) = "{values[0]}"',
                f'profile({number}, {name}) != "{values[1]}"',
                f'profile({number}, {name}) in ("{values[0]}", "{values[1]}")',
                f"profile({number}, {name}) is not known",
                f"profile({number}, outlet) = {other}",
                f"attribute(profile({number}, sim_card) in ranges, area) is known",
                f"profile({number}, clerk) contains words",
                f"length(profile({number}, outlet)) = 1",
            )
        )

    def of_truth(self, fact: str, depth: int) -> str:
        """Return a field that is a condition itself, where there is one."""
        fields = [name for name, one in FACTS[fact].items() if one.type is Type.TRUTH]
        field = self.random.choice(fields)
        return self.random.choice((field, f"(not {field})", f"({field} = true)", f"({field} else false)"))

    def last_text(self, fact: str, depth: int) -> str:
        """Return a comparison of the last text of some facts with another text."""
        self.budget -= 1
        source = self.source(fact)
        text = self.first_known(source, self.field(source, Type.TEXT))
        selection = self.selection(fact, source, depth)
        window = f"last({text} of {selection}, {self.exact()})"
        if self.modes and self.random.random() < 0.5:
            window = f"most_frequent({text} of {selection}, {self.span(before=True)})"
            if self.random.random() < 0.4:
                return f"{window} {self.looked_up(source)}"
        name = self.field(fact, Type.TEXT)
        other = self.random.choice((self.first_known(fact, name), self.literal(fact, name)))
        sign = self.random.choice(("=", "!="))
        return self.random.choice((f"{window} {sign} {other}", f"{other} {sign} {window}", f"{window} is known"))

    def looked_up(self, fact: str) -> str:
        """Return the rest of a look-up of a most frequent text."""
        negated, number = self.random.choice(("", "not ")), self.word(fact, self.field(fact, Type.TEXT))
        found = (
            f'in ("{number}", "x")',
            f"in {self.random.choice(tuple(PLAIN_LISTS))}",
            'contains "0"',
            r'matches "^\D*$"',
        )
        return negated + self.random.choice(found)

    def known(self, fact: str, depth: int) -> str:
        """Return a question for the unknown."""
        negated = self.random.choice(("", "not "))
        window, _ = self.window(fact, depth)
        return f"{self.random.choice((self.some_text(fact), window))} is {negated}known"

    def number(self, fact: str, depth: int) -> str:
        """Return a number: a window, a field, or worked out."""
        drawn = self.random.random()
        if depth > 0 and drawn < 0.25:
            sign = self.random.choice("+-*/")
            return f"({self.number(fact, depth - 1)} {sign} {self.number(fact, depth - 1)})"
        if depth > 0 and drawn < 0.35:
            return f"({self.duration(fact, depth - 1)} / {self.duration(fact, depth - 1)})"
        if drawn < 0.45:
            return f"({self.number(fact, depth - 1)} else {self.amount()})" if depth > 0 else self.amount()
        if drawn < 0.55:
            return self.random.choice(
                (
                    "hour(occurred_at)",
                    "weekday(occurred_at)",
                    f"length({self.some_text(fact)})",
                    f"(-{self.amount()})",
                    f"profile({self.some_text(fact)}, cards_before)",
                    f"weekday(profile({self.some_text(fact)}, registered_at))",
                )
            )
        fields = [name for name, one in FACTS[fact].items() if one.type is Type.NUMBER]
        if fields and drawn < 0.65:
            return self.random.choice(fields)
        window, kind = self.window(fact, depth)
        return window if kind is Type.NUMBER else f"({window} / 1 s)"

    def duration(self, fact: str, depth: int) -> str:
        """Return a duration: a window, a field, or worked out."""
        drawn = self.random.random()
        if depth > 0 and drawn < 0.2:
            return f"({self.duration(fact, depth - 1)} {self.random.choice('+-')} {self.duration(fact, depth - 1)})"
        if depth > 0 and drawn < 0.3:
            return f"({self.duration(fact, depth - 1)} {self.random.choice('*/')} {self.amount()})"
        fields = [name for name, one in FACTS[fact].items() if one.type is Type.DURATION]
        if fields and drawn < 0.5:
            return self.random.choice(fields)
        moments = [name for name, one in FACTS[fact].items() if one.type is Type.MOMENT and name != "occurred_at"]
        if moments and drawn < 0.7:
            return f"(occurred_at - {self.random.choice(moments)})"
        if drawn < 0.75:
            return f"(occurred_at - profile({self.some_text(fact)}, registered_at))"
        window, kind = self.window(fact, depth)
        return window if kind is Type.DURATION else f"({window} * 1 min)"

    def window(self, fact: str, depth: int) -> tuple[str, Type]:
        """Return a window as of a fact, and what it is."""
        if self.budget <= 0 or depth < 0:
            return self.amount(), Type.NUMBER
        self.budget -= 1
        whats: tuple[Callable[[str, str, int], tuple[str, Type]], ...] = (self.counted, self.valued, self.valued)
        source = self.source(fact)
        return self.random.choice(whats)(source, self.selection(fact, source, depth), depth)

    def selection(self, fact: str, source: str, depth: int) -> str:
        """Return facts of a table by a key that another fact has too, often not all of them."""
        selection = f"{source} by {self.key(fact, source)}"
        if self.random.random() < 0.4:
            selection += f" where {self.truth(source, min(depth, 2) - 1)}"
        return selection

    def source(self, fact: str) -> str:
        """Return the table of the selected facts, often the fact's own or another of the call."""
        calls = CALL_FACTS if fact in CALL_FACTS else (fact,)
        sources: tuple[str, ...] = (fact, fact, *calls, self.fact())
        return self.random.choice(sources)

    def counted(self, source: str, selection: str, depth: int) -> tuple[str, Type]:
        """Return a window that counts facts or measures time."""
        what = self.random.choice(("count", "count", "gap", "age", "surge", "active_days"))
        if what == "surge":
            span, against = sorted(self.random.sample(tuple(SPANS)[:-1], 2), key=lambda one: SPANS[one])
            return f"surge({selection}, {span} against {against})", Type.NUMBER
        span = self.exact() if what == "gap" else self.span(before=what in ("count", "active_days"))
        return f"{what}({selection}, {span})", Type.DURATION if what in ("gap", "age") else Type.NUMBER

    def valued(self, source: str, selection: str, depth: int) -> tuple[str, Type]:
        """Return a window over a value of the facts."""
        what = self.random.choice(
            ("distinct", "distinct", "sum", "mean", "stddev", "min", "max", "last", "last", "share", *self.modes)
        )
        span = self.exact() if what == "last" else self.span(before=True)
        if what == "share":
            return f"share({self.truth(source, min(depth, 1) - 1)} of {selection}, {span})", Type.NUMBER
        if what in ("distinct", "top_share") and self.random.random() < 0.7:
            return f"{what}({self.some_text(source)} of {selection}, {span})", Type.NUMBER
        kind = self.random.choice((Type.NUMBER, Type.DURATION))
        value = self.value(source, kind, min(depth, 2) - 1)
        fields = [name for name, one in FACTS[source].items() if one.type is kind]
        if what == "stddev":
            value = self.random.choice(fields) if fields else "1" if kind is Type.NUMBER else "1 s"
        return f"{what}({value} of {selection}, {span})", Type.NUMBER if what in ("distinct", "top_share") else kind

    def value(self, source: str, kind: Type, depth: int) -> str:
        """Return a value of the selected facts, often a field."""
        fields = [name for name, one in FACTS[source].items() if one.type is kind]
        if fields and self.random.random() < 0.6:
            return self.random.choice(fields)
        return self.number(source, depth) if kind is Type.NUMBER else self.duration(source, depth)

    def span(self, *, before: bool) -> str:
        """Return a span, exact or in days."""
        if self.random.random() < 0.2:
            return self.random.choice(DAYS)
        return self.exact() + (" before" if before and self.random.random() < 0.3 else "")

    def exact(self) -> str:
        """Return an exact span, mostly one between the ticks and the whole length of the stream."""
        fitting = [span for span, size in SPANS.items() if self.tick <= size <= max(self.tick, self.whole)]
        return self.random.choice(fitting if fitting and self.random.random() < 0.9 else tuple(SPANS))

    def key(self, fact: str, source: str) -> str:
        """Return a key of one to three parts."""
        parts = [self.key_part(fact, source) for _ in range(self.random.choice((1, 1, 1, 2, 3)))]
        return ", ".join(dict.fromkeys(parts))

    def key_part(self, fact: str, source: str) -> str:
        """Return fields of the selected and the present fact that may be equal."""
        shared = sorted(FACTS[fact].keys() & FACTS[source].keys() - {"event_id", "occurred_at"})
        if self.random.random() < 0.05:
            return self.random.choice(("hour(occurred_at)", "hour(occurred_at) = 0", "true", "(3)"))
        if self.random.random() < 0.75:
            name = self.random.choice(shared)
            here, there = FACTS[fact][name], FACTS[source][name]
            if here.type is not Type.TEXT or here.values != there.values:
                return name
            instead = f"({name} else {self.literal(fact, name)})"
            return self.random.choice((name, name, self.cut(name), f"class({name})", instead))
        selected = self.field(source, Type.TEXT)
        alike = [name for name, one in FACTS[fact].items() if one.kind and one.kind == FACTS[source][selected].kind]
        if self.random.random() < 0.1:
            return f"{selected} = {self.literal(source, selected)}"
        present = self.random.choice(alike) if alike else self.field(fact, Type.TEXT)
        return f"{self.first_known(source, selected)} = {self.first_known(fact, present)}"

    def field(self, fact: str, kind: Type) -> str:
        """Return a field of a type; numbers, hosts and words more often than ids."""
        names = [name for name, one in FACTS[fact].items() if one.type is kind and name != "event_id"]
        return self.random.choice(names)

    def some_text(self, fact: str) -> str:
        """Return a text of a fact."""
        return self.first_known(fact, self.field(fact, Type.TEXT))

    def first_known(self, fact: str, field: str, *, literals: bool = True) -> str:
        """Return a text field, or a text with another for where it is unknown; both may be asked for the field's words.

        A look-up by the reference SQL knows no class of a text that stands in the rule alone, nor of a part of one.
        """
        if self.random.random() < 0.6:
            return field
        other = self.first_known(fact, self.field(fact, Type.TEXT), literals=literals)
        if not literals:
            return f"({field} else {other})"
        text = self.random.choice((field, field, self.cut(field)))
        return f"({text} else {self.random.choice((other, self.cut(other), self.literal(fact, field)))})"

    def literal(self, fact: str, field: str) -> str:
        """Return a literal text that a field may be."""
        return f'"{self.word(fact, field)}"'

    def word(self, fact: str, field: str) -> str:
        """Return a text that a field may be."""
        return self.random.choice(FACTS[fact][field].values or NUMBERS + HOSTS + WORDS)

    def cut(self, text: str) -> str:
        """Return a part of a text."""
        name = self.random.choice(tuple(COLUMNS))
        attribute = f"attribute({text} in {name}, {self.random.choice(tuple(COLUMNS[name]))})"
        return self.random.choice(
            (f"prefix({text}, 4)", f"block({text}, 2)", f"block({text}, 1)", attribute, f"profile({text}, outlet)")
        )

    def amount(self) -> str:
        """Return a small number."""
        return self.random.choice(("0", "1", "2", "3", "5", "0.1", "0.3", "2.5", "10%", "1000"))


def _declared(name: str) -> str:
    """Return the declaration of a list, with its columns."""
    columns = COLUMNS.get(name, {})
    if not columns:
        return f"{name} = {_listed(PLAIN_LISTS[name])}"
    rows: list[tuple[str, ...]] = list(zip(PLAIN_LISTS[name], *columns.values(), strict=True))
    return f"{name} with {', '.join(columns)} = " + ", ".join(f'"{row[0]}" ({_listed(row[1:])})' for row in rows)


def _listed(values: tuple[str, ...]) -> str:
    return ", ".join(f'"{value}"' for value in values)
