"""One process watches on a state folder; it follows what the settings name, and says what is wrong with them."""

import base64
import fcntl
import threading
from pathlib import Path

import pyarrow as pa
import pytest
from tests.collect.log_server import ORIGIN, MadeLog, serving

from fanzha.base.errors import UsageError
from fanzha.collect.name_intake import IntakeSettings, SiteIntake
from fanzha.collect.site_watch import now_ms, run, take_submitted_names
from fanzha.detect.lookalike_website import Comparison, LookalikeWebsiteDetector
from fanzha.store.site_watch import AlertBudget, DayCount, SiteWatchStore, SubmittedName, open_site_watch


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("FANZHA_HOME", str(tmp_path))
    return tmp_path


def test_nothing_to_watch_is_told(home: Path) -> None:
    with pytest.raises(UsageError, match="names no log and no folder"):
        run(threading.Event())


def test_a_key_that_is_none_is_told(home: Path) -> None:
    log = '[[site_watch.log]]\nname = "a"\nurl = "https://log.example"\nkey = "QUFB"\n'
    (home / "fanzha.toml").write_text(log)
    with pytest.raises(UsageError, match="log a: "):
        run(threading.Event())


def test_a_second_watcher_is_refused(home: Path) -> None:
    (home / "fanzha.toml").write_text('[site_watch]\nfolder = "names"\n')
    (home / "site_watch").mkdir(mode=0o700)
    with (home / "site_watch" / ".watcher").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(UsageError, match="another process watches"):
            run(threading.Event())


def test_names_that_the_site_hands_over_are_compared(tmp_path: Path) -> None:
    class NothingFound(LookalikeWebsiteDetector):
        def compare(self, batch: pa.RecordBatch) -> Comparison:
            assert batch.column("seen_by").to_pylist() == ["report"]
            return Comparison([], [])

    with open_site_watch(tmp_path) as store:
        intake = SiteIntake(store, NothingFound(), IntakeSettings(1_000, AlertBudget(1, 1, 1))).for_channel("report")
        assert take_submitted_names(store, intake, 5) > 0
        store.submit_names("reports", [SubmittedName("a.example", "7", 4)], 7)
        assert take_submitted_names(store, intake, 5) == 0
        assert store.day_counts(0) == [DayCount(0, "reports", 1, 1, 0)]
        assert take_submitted_names(store, intake, 5) > 0


@pytest.mark.usefixtures("socket_enabled")
def test_logs_of_both_protocols_and_lists_are_followed(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fanzha.collect.site_watch._TICK_SECONDS", 0.02)
    queried, tiled = MadeLog(), MadeLog(key="ed25519")
    queried.fill(2)
    queried.add(["taobao-kf-tuikuan.top"])
    tiled.add(["jd-lipei-kefu.top"])
    (home / "names").mkdir()
    (home / "names" / "new.txt").write_text("icbc-kefu-vip.top\nfirst.example\n")
    stop = threading.Event()
    for made in (queried, tiled):
        made.signed_from = now_ms()
        made.publish()

    def stop_when_all_is_read(store: SiteWatchStore) -> None:
        if sum(one.seen for one in store.statuses()) == 4 and len(store.day_counts(0)) == 3:
            stop.set()

    with serving(queried) as first, serving(tiled) as second:
        tables = [
            f'[[site_watch.log]]\nname = "{name}"\nurl = "{url}"\nprotocol = "{protocol}"\norigin = "{ORIGIN}"\n'
            f'key = "{base64.b64encode(made.spki).decode()}"\nstart = "beginning"\n'
            for name, url, protocol, made in (("q", first, "rfc6962", queried), ("t", second, "static", tiled))
        ]
        settings = '[site_watch]\nfolder = "names"\nlocal_addresses = true\npartial_seconds = 0\n'
        (home / "fanzha.toml").write_text(settings + "".join(tables))
        timer = threading.Timer(60, stop.set)
        timer.start()
        run(stop, stop_when_all_is_read)
        timer.cancel()
    with open_site_watch(home) as store:
        found = {(candidate.subject, candidate.source) for candidate in store.candidates()}
        assert [status.problem for status in store.statuses()] == ["", ""]
    assert found == {
        ("taobao-kf-tuikuan.top", "q"),
        ("jd-lipei-kefu.top", "t"),
        ("icbc-kefu-vip.top", "new.txt"),
    }
