"""An order through both planes: approved by a second person, carried out by the worker, refused by a running screen.

`fanzha up` runs site, worker and screen on a real database; the moments of approval and roll-back are those at which
the step was on record.
"""

import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from tests.field.screens import Caller, treatment, until
from tests.free_ports import free_port
from tests.run.running_site import RunningSite, migrate_site, run_module, start_site

pytestmark = pytest.mark.field

ACTS_WITHIN_SECONDS = 5.0
NUMBER = "+8617000001234"
SETTINGS = """
standby = false
[overload]
late_ms = 1000
[sip.edge]
port = {sip}
trunk_header = "X-Fanzha-Trunk"
[trunks.MSC-1]
ingress = "mobile"
proves = true
acts = "refuse"
"""


class Site(NamedTuple):
    """A site that runs, and somebody who calls."""

    home: Path
    url: str
    caller: Caller

    def act(self, *words: str) -> dict[str, Any]:
        """Let somebody do something, in a process of his own."""
        done = run_module(self.home, "tests.field.order_acts", *words, url=self.url)
        assert done.returncode == 0, done.stderr
        told: dict[str, Any] = json.loads(done.stdout)
        return told

    def calls(self) -> str:
        """Return what becomes of a call of the number."""
        return treatment(self.caller.call(NUMBER, "MSC-1"))


@pytest.fixture(params=["sqlite", "postgresql"])
def site(request: pytest.FixtureRequest, tmp_path: Path, new_database: Callable[[], str]) -> Iterator[Site]:
    url = new_database() if request.param == "postgresql" else ""
    home, sip = tmp_path / "home", free_port()
    home.mkdir(mode=0o700)
    (home / "fanzha.toml").write_text('[verdicts]\norganisation = "Example carrier"\n')
    (home / "screen.toml").write_text(SETTINGS.format(sip=sip))
    migrate_site(home, url)
    assert run_module(home, "tests.field.order_acts", "make", url=url).returncode == 0
    assert run_module(home, "fanzha", "snapshot", "build", url=url).returncode == 0
    with start_site(home, free_port(), url=url) as running:
        caller = Caller(sip)
        _wait(running, caller)
        yield Site(home, url, caller)
        caller.close()


def _wait(running: RunningSite, caller: Caller) -> None:
    """Wait until the site answers, and its screen, which compiles on a machine that is new to it."""
    running.wait_for_output(r"answering: (\S+)", timeout=300)

    def answered() -> bool:
        try:
            return treatment(caller.call(NUMBER, "MSC-1", seconds=1.0)) == "allow"
        except (OSError, AssertionError):
            time.sleep(0.2)
            return False

    until(answered, 240)


def test_an_order_and_its_roll_back_act_within_five_seconds(
    site: Site, record_property: Callable[[str, object], None]
) -> None:
    assert site.calls() == "allow"
    seconds: dict[str, float] = {}
    issued = _measured(site, ("issue", NUMBER), "603", seconds, "refused")
    until(lambda: site.act("look", issued["ref"])["legs"] == ["verified"], 120)
    told = site.act("look", issued["ref"])
    assert told["state"] == "in_force"
    assert told["steps"] == [["acknowledge", "screens"], ["report_executed", "screens"], ["prove", "system"]]
    _measured(site, ("roll_back", issued["ref"]), "allow", seconds, "restored")
    until(lambda: site.act("look", issued["ref"])["state"] == "rolled_back", 120)
    for what, took in seconds.items():
        assert took <= ACTS_WITHIN_SECONDS, f"{what} after {took:.2f} s"
        record_property(f"{what}_after_seconds", round(took, 3))
    print(seconds)


def _measured(site: Site, act: tuple[str, ...], wanted: str, seconds: dict[str, float], what: str) -> dict[str, Any]:
    """Do something; note how long after it was on record the screen answered as wanted."""
    told = site.act(*act)
    until(lambda: site.calls() == wanted)
    seconds[what] = time.time() - told["at"]
    return told
