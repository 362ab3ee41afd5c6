"""Days of a carrier by a second generator: `python -m tests.field.operators.second --seed 1 2 3 --tallies FOLDER`.

It shares with `generate.py` nothing but the blocks of made-up numbers: written with the standard library from a
description of a carrier's days, person by person, each call by itself, with other shares, hours and lengths. Here
couriers are harsher than life: they stay in one cell, up to half of their calls are not answered, and nobody calls them
back. The file is GB 18030 with Chinese headers; boxes are known by their IMEI alone. It checks that a rule is no fit to
the first generator.
"""

import argparse
import csv
import random
import tempfile
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from tests.field.operators.identifiers import AREAS, BLOCK, BROADCAST_FIRST, MOBILE_FIRST, OWN_FIRST
from tests.field.operators.score import analyse, report
from tests.field.operators.tally import Tally, decode_tally, encode_tally
from tests.field.operators.truth import Actor, Truth, Victim

PEOPLE, DAYS, CELLS = 7_000, 2, 60
HOUR, DAY = 3_600.0, 86_400.0
FIRST_DAY = datetime(2026, 4, 14, tzinfo=UTC)  # a Tuesday, as Beijing time
BANKS = ("95588", "95533", "95566", "95599", "95555")
INGRESS = {"RAN": "mobile", "POI": "interconnect", "IGW": "international_gateway", "LLN": "leased_line"}
HEADERS = "话单序号,主叫号码,被叫号码,开始时间,应答时间,结束时间,通话时长,入中继,小区,终端IMEI"
COLUMNS = """call_id = "话单序号"
caller = "主叫号码"
callee = "被叫号码"
device = "终端IMEI"
cell = "小区"
trunk = "入中继"
occurred_at = "开始时间"
answered_at = "应答时间"
ended_at = "结束时间"
talk_ms = { from = "通话时长", unit = "s" }
"""


class Call(NamedTuple):
    """One call; seconds since the first midnight, Beijing time."""

    at: float
    ring: float
    talk: float  # 0 if nobody answered
    caller: str  # as the file writes it
    callee: str
    imei: str
    cell: str
    trunk: str

    @property
    def end(self) -> float:
        """Return when it ended."""
        return self.at + self.ring + self.talk


class Party(NamedTuple):
    """Who calls: the number shown, and of own phones IMEI and cell, else the trunk."""

    number: str
    imei: str = ""
    cell: int = -1
    trunk: str = ""


class Carrier:
    """A carrier's people and calls; everything is drawn by one seed."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed * 7_919 + 5)
        draw = self.random
        self.numbers = [str(n) for n in draw.sample(range(OWN_FIRST, OWN_FIRST + BLOCK), PEOPLE + 400)]
        self.index = {number: person for person, number in enumerate(self.numbers)}
        self.others = [self.outside() for _ in range(5_000)]
        self.imeis = [f"86{draw.randrange(10**13):013d}" for _ in self.numbers]
        self.towns = [draw.randrange(CELLS) for _ in self.numbers]
        self.calls: list[Call] = []
        self.actors: list[Actor] = []
        self.victims: list[Victim] = []
        self.lines = PEOPLE

    def outside(self) -> str:
        """Draw a number of another network: one in five a fixed line."""
        draw = self.random
        if draw.random() < 0.2:
            return f"0{draw.choice(AREAS)}5550{draw.randrange(10_000):04d}"
        return str(draw.choice([MOBILE_FIRST, BROADCAST_FIRST]) + draw.randrange(BLOCK))

    def take(self, count: int) -> list[int]:
        """Return new subscribers."""
        self.lines += count
        return list(range(self.lines - count, self.lines))

    def phone(self, person: int, *, cell: int | None = None, imei: str = "") -> Party:
        """Return a subscriber as the caller of a call."""
        return Party(self.numbers[person], imei or self.imeis[person], self.towns[person] if cell is None else cell)

    def strangers(self, fewest: int, most: int) -> list[str]:
        """Draw subscribers, each once."""
        count = self.random.randint(fewest, most)
        return [self.numbers[person] for person in self.random.sample(range(PEOPLE), count)]

    def dial(self, at: float, party: Party, callee: str, talk: float) -> None:
        """Note a call."""
        ring = self.random.triangular(3, 25, 8) if talk else self.random.triangular(2, 55, 30)
        cell = f"460-00-{9_001 + party.cell // 8}-{31_000 + party.cell * 13}" if party.imei else ""
        trunk = party.trunk or f"RAN-{party.cell % 3 + 1}"
        self.calls.append(Call(at, ring, talk, party.number, callee, party.imei, cell, trunk))

    def talk(self, mean: float, answered: float) -> float:
        """Draw the length of a talk: a quick word, a chat or, one in ten, a long one; 0 if nobody answers."""
        draw = self.random
        if draw.random() >= answered:
            return 0
        share = draw.random()
        return 1 + draw.expovariate(1 / (15 if share < 0.45 else mean if share < 0.9 else 600))

    def moment(self, day: int, opens: float, closes: float, peak: float) -> float:
        """Draw a moment of a day by a triangle of hours."""
        return day * DAY + self.random.triangular(opens, closes, peak) * HOUR

    def name(self, kind: str, numbers: Sequence[str] = (), trunk: str = "", imei: str = "") -> None:
        """Note who somebody is."""
        canonical = tuple(_canonical(number) for number in numbers)
        devices, trunks = tuple(filter(None, [imei])), tuple(filter(None, [trunk]))
        self.actors.append(
            Actor(f"{kind} {len(self.actors)}", kind, tuple(range(DAYS)), canonical, devices, (), trunks)
        )

    def everyday(self) -> None:
        """Let everybody call those of the same village, some from elsewhere, hotlines and banks."""
        draw, begin, circles = self.random, 0, dict[int, list[str]]()
        while begin < PEOPLE:
            village = range(begin, min(PEOPLE, begin + draw.randint(5, 9)))
            for person in village:
                near = [self.numbers[other] for other in village if other != person] or self.others[:1]
                circles[person] = near + draw.choices(self.others, k=3) + self.strangers(2, 2)
            begin = village.stop
        for day in range(DAYS):
            for person, circle in circles.items():
                self._day_of(day, person, circle)
        travellers = draw.sample(range(PEOPLE), 70)
        for day in range(DAYS):
            for person in travellers:
                for _ in range(draw.choice([0, 1, 1, 2, 4])):
                    party = Party(self.numbers[person], trunk="IGW-R")
                    at = day * DAY + draw.uniform(6, 24) * HOUR
                    self.dial(at, party, draw.choice(circles[person][:5]), self.talk(140, 0.62))
            for _ in range(150):
                party = Party(f"0044207946{draw.randrange(300):04d}", trunk="IGW-H")
                self.dial(day * DAY + draw.uniform(0, DAY), party, self.strangers(1, 1)[0], self.talk(200, 0.55))
        self.name("roamers_trunk", trunk="IGW-R")
        self.name("foreign_trunk", trunk="IGW-H")
        self.actors.append(
            Actor("people", "ordinary", (0, 1), tuple(map(_canonical, self.numbers[:PEOPLE])), is_crowd=True)
        )

    def _day_of(self, day: int, person: int, circle: list[str]) -> None:
        draw, chatty = self.random, self.random.choice([0, 1, 1, 2, 3, 3, 5, 8, 14])
        at = day * DAY + 7 * HOUR + draw.expovariate(1 / 9_000)
        for _ in range(draw.randrange(chatty + 1)):
            at += draw.expovariate(chatty / 40_000)
            if at > (day + 0.98) * DAY:
                break
            if draw.random() < 0.07:
                self.dial(at, self.phone(person), draw.choice([*BANKS, "10086", "12306"]), 40 + self.talk(120, 1))
                continue
            callee = draw.choice(circle[:4] if draw.random() < 0.6 else circle)
            talk = self.talk(90, 0.72)
            self.dial(at, self.phone(person), callee, talk)
            if talk and draw.random() < 0.12:
                self.dial(at + talk + draw.uniform(200, 4_000), self.phone(person), callee, self.talk(150, 1))
        for _ in range(draw.randrange(3)):
            party = Party(draw.choice(circle[-5:-2]), trunk=f"POI-{draw.randint(1, 2)}")
            self.dial(self.moment(day, 7, 23, 18), party, self.numbers[person], self.talk(90, 0.75))

    def worker(self, kind: str, calls: tuple[int, int], hours: tuple[float, float, float], cells: int) -> None:
        """Let somebody call an address each for a living, some family, and, of an agent, a client at length."""
        draw, person = self.random, self.take(1)[0]
        low, high, shortest, longest = _WORK[kind]
        answered, called_back = draw.uniform(low, high), draw.uniform(0, 0.15)
        self.name(kind, [self.numbers[person]], imei=self.imeis[person])
        for day in range(DAYS):
            if draw.random() < 0.15:
                continue
            for callee in self.strangers(*calls):
                at, is_answered = self.moment(day, *hours), draw.random() < answered
                cell = (self.towns[person] + draw.randrange(cells)) % CELLS
                self.dial(at, self.phone(person, cell=cell), callee, draw.uniform(shortest, longest) * is_answered)
                if kind == "agent" and not is_answered and draw.random() < called_back:
                    self.dial(at + 900, self.phone(self.index[callee]), self.numbers[person], 40)
            for _ in range(draw.randrange(3)):
                at = day * DAY + draw.uniform(8, 22) * HOUR
                self.dial(at, self.phone(person), self.numbers[person * 7 % PEOPLE], self.talk(120, 1))
            if kind == "agent" and draw.random() < 0.8:
                self._client(day, person)

    def _client(self, day: int, agent: int) -> None:
        draw, client = self.random, self.strangers(1, 1)[0]
        at = day * DAY + draw.uniform(9.5, 15) * HOUR
        for _ in range(draw.randint(1, 3)):
            talk = draw.uniform(100, 1_500)
            self.dial(at, self.phone(agent), client, talk)
            at += talk + draw.uniform(300, 5_000)
        if draw.random() < 0.25:
            self.dial(at, self.phone(self.index[client]), draw.choice(BANKS), 150)

    def desk(
        self, kind: str, shown: Sequence[str], calls: tuple[int, int], answered: float, mean: float, known: int = 0
    ) -> None:
        """Let an organisation on a leased line call strangers, or the `known` people of its own, and be called."""
        draw, trunk = self.random, f"LLN-{len(self.actors)}"
        self.name(kind, shown, trunk)
        circle = self.strangers(known, known)
        for day in range(DAYS):
            callees = draw.choices(circle, k=draw.randint(*calls)) if known else self.strangers(*calls)
            for callee in callees:
                talk = 2 + draw.expovariate(1 / mean) if draw.random() < answered else 0
                self.dial(self.moment(day, 8, 19, 10), Party(draw.choice(shown), trunk=trunk), callee, talk)
            for _ in range(draw.randint(10, 120)):
                caller = self.phone(draw.randrange(PEOPLE))
                self.dial(day * DAY + draw.uniform(8, 18) * HOUR, caller, draw.choice(shown), self.talk(80, 0.9))

    def victim(self, kind: str, day: int, face: Callable[[], Party]) -> None:
        """Let somebody be called three times at length, by one face or several, and call the bank."""
        draw, person = self.random, self.random.randrange(PEOPLE)
        at = begins = day * DAY + draw.uniform(8.8, 17) * HOUR
        for _ in range(3):
            talk = draw.uniform(180, 2_400)
            self.dial(at, face(), self.numbers[person], talk)
            at += talk + 25 + draw.uniform(120, 3_000)
        at += draw.uniform(60, 2_400)
        self.dial(at, self.phone(person), "95588", 120 + draw.expovariate(0.01))
        number, actor = _canonical(self.numbers[person]), self.actors[-1].name
        self.victims.append(Victim(number, actor, kind, day, _utc_ms(begins), _utc_ms(at)))

    def sim_box(self) -> None:
        """Let one phone use many cards, another drawn for each call."""
        draw, cards = self.random, self.take(self.random.randint(6, 30))
        imei, cell = f"86{draw.randrange(10**13):013d}", draw.randrange(CELLS)
        self.name("sim_box", [self.numbers[card] for card in cards], imei=imei)

        def face(card: int | None = None) -> Party:
            return self.phone(draw.choice(cards) if card is None else card, cell=cell, imei=imei)

        for day in range(DAYS):
            answered = draw.choice([0.3, 0.45, 0.55])
            for callee in self.strangers(90, 400):
                talk = 1 + draw.expovariate(1 / 30) if draw.random() < answered else 0
                self.dial(self.moment(day, 8.5, 19.5, 11), face(), callee, talk)
            for _ in range(draw.randint(3, 6)):
                card = draw.choice([None, draw.choice(cards)])
                self.victim("sim_box", day, lambda card=card: face(card))  # type: ignore[misc]

    def bad_trunk(self, kind: str, faces: Callable[[], str], calls: tuple[int, int], answered: float) -> None:
        """Let a trunk call strangers under changing numbers."""
        draw, trunk = self.random, f"{'LLN' if kind == 'rotating_line' else 'IGW'}-{len(self.actors)}"
        self.name(kind, trunk=trunk)
        for day in range(DAYS):
            for callee in self.strangers(*calls):
                talk = 1 + draw.expovariate(1 / 35) if draw.random() < answered else 0
                self.dial(self.moment(day, 8.5, 18.5, 12), Party(faces(), trunk=trunk), callee, talk)
            for _ in range(draw.randint(1, 3)):
                self.victim(kind, day, lambda: Party(faces(), trunk=trunk))


#: Shares answered and talks in seconds, from and to, of those who call strangers for a living.
_WORK = {"courier": (0.55, 0.85, 5, 35), "rider": (0.7, 0.95, 5, 25), "agent": (0.4, 0.75, 15, 140)}


def _canonical(number: str) -> str:
    return f"86{number.lstrip('0')}" if len(number) >= 10 else number


def _utc_ms(at: float) -> int:
    return int((FIRST_DAY - timedelta(hours=8)).timestamp() + int(at)) * 1_000


def make_days(seed: int) -> Carrier:
    """Return the days of a seed."""
    carrier = Carrier(seed)
    draw = carrier.random
    carrier.everyday()
    for kind, count, calls, hours, cells in (
        ("courier", 42, (50, 160), (8.0, 20.0, 10.0), 1),
        ("rider", 20, (25, 70), (10.5, 21.5, 18.0), 5),
        ("agent", 14, (12, 50), (9.0, 20.0, 14.0), 3),
    ):
        for _ in range(count):
            carrier.worker(kind, calls, hours, cells)
    carrier.desk("hospital", _range_of("555101", 3), (100, 300), 0.75, 45)
    carrier.desk("school", _range_of("555111", 4), (40, 120), 0.85, 40, known=300)
    carrier.desk("office", _range_of("555121", 9), (60, 200), 0.65, 110, known=80)
    carrier.desk("office", _range_of("555131", 6), (30, 90), 0.6, 160, known=40)
    carrier.desk("call_centre", ["95013777"], (500, 900), 0.35, 35)
    for _ in range(5):
        carrier.sim_box()
    for number in range(3):
        shown = _range_of(f"5551{number + 40}", draw.randint(15, 60))
        carrier.bad_trunk("rotating_line", lambda shown=shown: draw.choice(shown), (200, 700), 0.3)  # type: ignore[misc]
    for _ in range(2):
        carrier.bad_trunk(
            "spoofed_trunk", lambda: draw.choice(["95588", *(carrier.outside() for _ in range(9))]), (50, 180), 0.45
        )
    carrier.calls.sort(key=lambda call: call.end)
    return carrier


def _range_of(block: str, count: int) -> list[str]:
    return [f"0755{block}{number:02d}" for number in range(count)]


def write_days(carrier: Carrier, folder: Path) -> Path:
    """Write the records to `folder`/records, and return the path of their map."""
    (folder / "records").mkdir(parents=True)
    path, column_map = folder / "records" / "days.csv", folder / "map.toml"
    with path.open("w", encoding="gb18030", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEADERS.split(","))
        for number, call in enumerate(carrier.calls):
            moments = [call.at, call.at + call.ring, call.end]
            texts = [(FIRST_DAY + timedelta(seconds=int(at))).strftime("%Y/%m/%d %H:%M:%S") for at in moments]
            answer = texts[1] if call.talk else ""
            row = [8_000_000 + number, call.caller, call.callee, texts[0], answer, texts[2], int(call.talk)]
            writer.writerow([*row, call.trunk, call.cell, call.imei])
    head = 'table = "calls"\nsource = "second"\nsimulated = true\n[proven]\ningress = ["mobile"]\n'
    ingress = [f'"{trunk}" = "{INGRESS[trunk[:3]]}"' for trunk in sorted({call.trunk for call in carrier.calls})]
    file_words = '[file]\nencoding = "gb18030"\n[columns]\n'
    tail = '[columns.ingress]\nfrom = "入中继"\n[columns.ingress.values]\n'
    column_map.write_text("\n".join([head + file_words + COLUMNS + tail, *ingress, ""]), "utf-8")
    return column_map


def score_seed(seed: int) -> Tally:
    """Make and analyse the days of a seed, and compare the findings with the truth."""
    carrier = make_days(seed)
    actors, victims, calls = tuple(carrier.actors), tuple(carrier.victims), len(carrier.calls)
    truth = Truth(seed, DAYS, _utc_ms(0), carrier.lines, calls, actors, victims)
    with tempfile.TemporaryDirectory() as temporary:
        column_map = write_days(carrier, Path(temporary))
        return analyse(truth, column_map, Path(temporary), {"days.csv": calls})


def main() -> None:
    """Score all seeds and print the tables of all together."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, nargs="+", required=True)
    parser.add_argument("--tallies", type=Path, required=True, help="keep the counts of each seed, to go on from there")
    options = parser.parse_args()
    options.tallies.mkdir(parents=True, exist_ok=True)
    total = Tally()
    for seed in options.seed:
        stored = options.tallies / f"second-{seed}.json"
        if not stored.exists():
            stored.write_bytes(encode_tally(score_seed(seed)))
        total.add(decode_tally(stored.read_text("utf-8")))
    print(report(total))


if __name__ == "__main__":
    main()
