"""Whether crowds of false reporters tag an innocent number or link, and honest new reporters are heard.

Usage: python -m benchmarks.flood tags [--false 1000] [--honest 20]
       python -m benchmarks.flood reports [--reports 100000] [--honest 20] [--minutes 40]

Each crowd sends its reports of an innocent number and of an innocent link by the way that it names: the pages, mail, or
the file of a partner. Its devices are new. Honest reporters are new, too: each sends from a place of its own and in
words of its own, over four days. Reports go the whole way: intake, worker, tags. All of it is made up.

Printed is what the public is told of each. The command ends with 1 if an innocent value is tagged or honest reports are
not heard.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from random import Random
from typing import TYPE_CHECKING, NamedTuple

from benchmarks._flood_of_reports import flood_reports

from fanzha.run.component import component_command

if TYPE_CHECKING:
    from fanzha.command.organizations.models import Organization

SYLLABLES = ["ba", "de", "fo", "gu", "ki", "lo", "ma", "ne", "pi", "ru", "sa", "te", "vo", "wu", "xi", "zo"]
HOURS = 96


class Sent(NamedTuple):
    """One report of a crowd: from which address, by which channel, how many hours ago, in which words."""

    address: str
    channel: str
    hours: float
    text: str


def main() -> None:
    """Make a site, let the crowds report, print what the public is told."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("part", choices=sorted(PARTS), nargs="?", default="tags")
    parser.add_argument("--false", type=int, default=1_000, help="reporters of each crowd")
    parser.add_argument("--reports", type=int, default=100_000, help="junk reports")
    parser.add_argument("--minutes", type=int, default=40, help="simulated minutes of a flood of reports")
    parser.add_argument("--honest", type=int, default=20)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        os.environ |= {"FANZHA_HOME": name, "DJANGO_SETTINGS_MODULE": "fanzha.command.web.settings"}
        subprocess.run(component_command("migrate"), check=True, stdout=subprocess.DEVNULL)
        import django

        django.setup()
        faults = PARTS[asked.part](asked)
    if faults:
        print("\n".join(faults), file=sys.stderr)
        sys.exit(1)


def write_text(draw: Random) -> str:
    """Return words that nobody else writes."""
    return " ".join("".join(draw.choices(SYLLABLES, k=3)) for _ in range(12))


def one_network(draw: Random, number: int) -> Sent:
    """Many devices behind one address block, with one text."""
    return Sent(f"198.51.100.{number % 250}", "web", draw.random() * HOURS, "they called me")


def one_text(draw: Random, number: int) -> Sent:
    """Many networks, with one text."""
    return Sent(address(number), "web", draw.random() * HOURS, "they called me")


def one_hour(draw: Random, number: int) -> Sent:
    """Many networks and many texts, within one hour."""
    return Sent(address(number), "web", draw.random(), write_text(draw))


def by_mail(draw: Random, number: int) -> Sent:
    """Mails of made-up senders, each with a text of its own."""
    return Sent(address(number), "mail", draw.random() * HOURS, write_text(draw))


def by_a_partner(draw: Random, number: int) -> Sent:
    """The file of one partner, each row with a text of its own."""
    return Sent("", "feed", draw.random() * HOURS, write_text(draw))


def honest(draw: Random, number: int) -> Sent:
    """People who do not know each other."""
    return Sent(address(100_000 + number), "web", number * HOURS / 20, write_text(draw))


def address(number: int) -> str:
    """Return an address in a network of its own."""
    return f"10.{number // 250 % 250}.{number % 250}.7" if number < 62_500 else f"172.{number % 250}.{number // 250}.7"


CROWDS: tuple[Callable[[Random, int], Sent], ...] = (one_network, one_text, one_hour, by_mail, by_a_partner)


def flood_tags(asked: argparse.Namespace) -> list[str]:
    """Let false and honest reporters tag; return what went wrong."""
    from django.utils import timezone

    from fanzha.command.number_tags.services import ProofMethod, look_up, prove_number
    from fanzha.command.organizations.models import Organization
    from fanzha.store.state_folder import state_folder

    centre, carrier = (
        Organization.objects.create(name_zh=f"示例{kind}", name_en=f"Example {kind}", kind=kind)
        for kind in ("centre", "carrier")
    )
    owners = f'[reports.owners]\nchina_telecom = "{carrier.ref}"\n'
    (state_folder() / "fanzha.toml").write_text(owners, "utf-8")
    now, faults = timezone.now(), list[str]()
    for place, crowd in enumerate((*CROWDS, honest)):
        count = asked.honest if crowd is honest else asked.false
        number, link = f"+861700000{place:04d}", f"innocent-{place}.example.com"
        begun = time.perf_counter()
        for category, thing in (("call", number), ("link", link)):
            send(centre, crowd, category, thing, count, now)
        prove_number(carrier, number, ProofMethod.RECORDS, now)  # what the crowd says is not shown of its holder either
        told = {kind: look_up(kind, thing) for kind, thing in (("phone_number", number), ("website", link))}
        line = {kind: [view.category, view.voices] for kind, view in told.items()}
        print(json.dumps({"who": crowd.__name__, "reports": 2 * count, "told": line} | _seconds(begun)), flush=True)
        is_told = [bool(view.category) for view in told.values()]
        if is_told != [crowd is honest] * 2:
            faults.append(f"{crowd.__name__}: {line}")
    return faults


def send(
    centre: "Organization",
    crowd: Callable[[Random, int], Sent],
    category: str,
    thing: str,
    count: int,
    now: datetime,
) -> None:
    """Send the reports of a crowd in the order of their moments, and let the worker and the job of tags run."""
    from fanzha.command.reports.intake_worker import read_reports
    from fanzha.command.reports.report_tags import tag_and_settle
    from fanzha.command.reports.services import Submission, submit_report
    from fanzha.command.web.scoping import unscoped

    draw = Random(f"{crowd.__name__} {category}")
    reports = sorted((crowd(draw, number) for number in range(count)), key=lambda sent: -sent.hours)
    for number, sent in enumerate(reports):
        nonce = f"{crowd.__name__} {category} {number}"
        submission = Submission(category, nonce, thing, sent.text, channel=sent.channel, is_worked=True)
        submit_report(centre, submission, sent.address, now - timedelta(hours=sent.hours))
    for moment in _moments(now):
        read_reports(centre, moment)
        with unscoped("the job of tags runs for all organisations"):
            tag_and_settle(moment)


def _moments(now: datetime) -> Iterator[datetime]:
    """Yield moments at which the worker runs: what was held back competes again at the second."""
    yield now
    yield now + timedelta(minutes=30)


def _seconds(begun: float) -> dict[str, float]:
    return {"seconds": round(time.perf_counter() - begun, 1)}


PARTS: dict[str, Callable[[argparse.Namespace], list[str]]] = {"reports": flood_reports, "tags": flood_tags}

if __name__ == "__main__":
    main()
