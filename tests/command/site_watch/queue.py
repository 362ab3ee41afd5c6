"""A queue of `fanzha tail-logs` with candidates, a log and a fork, in the state folder of a test."""

from pathlib import Path

from tests.command.people import World

from fanzha.store.site_watch import (
    AlertBudget,
    DayCount,
    GapReason,
    KnownHead,
    SiteCandidate,
    SiteWatchStore,
    open_site_watch,
)

NOW = 1_793_000_000_000
HEAD = KnownHead(100, b"r" * 32, NOW, b"known head")


def write_settings(world: World, home: Path, owner: str = "carrier") -> None:
    (home / "fanzha.toml").write_text(f'[site_watch]\nowner = "{world[owner].ref}"\n')


def candidate(subject: str, score: float = 0.7) -> SiteCandidate:
    return SiteCandidate(
        subject,
        f"www.{subject}",
        "icbc.com.cn",
        score,
        f"{subject} 仿冒",
        f"{subject} imitates",
        "{}",
        "demo",
        "7",
        NOW,
    )


def fill(home: Path, *subjects: str, per_brand: int = 10) -> None:
    """Queue candidates; the first is the strongest."""
    with open_site_watch(home) as store:
        scored = [candidate(subject, 0.9 - number / 100) for number, subject in enumerate(subjects)]
        store.add_candidates(scored, AlertBudget(per_brand, 100, 100), NOW)


def fill_mentions(home: Path, *subjects: str) -> None:
    """Queue names that mention a brand, released for a look."""
    with open_site_watch(home) as store:
        store.add_mentions([candidate(subject, 0.2)._replace(is_mention=True) for subject in subjects], NOW)
        store.release_mentions(AlertBudget(100, 10_000, 100), NOW)


def follow_demo_log(store: SiteWatchStore) -> None:
    """Follow a log with a gap, a problem and names."""
    store.add_log(bytes(32), "demo", "https://log.example", HEAD, 40, NOW)
    store.advance(bytes(32), 59, None, 19)
    store.add_gap(bytes(32), 59, 60, GapReason.WITHHELD, NOW)
    store.advance(bytes(32), 60, None, 0)
    store.note_problem(bytes(32), "HTTP 500", NOW)
    store.count_names(DayCount(NOW, "demo", 30, 20, 2))
