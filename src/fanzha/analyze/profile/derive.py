"""What an analysis does about profiles: its calls and texts make them, where no source has any."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from fanzha.analyze.gather import Watcher
from fanzha.analyze.journal import Journal
from fanzha.analyze.profile.month import LEAST_DAYS, History, Month, history
from fanzha.analyze.profile.write import write_profiles
from fanzha.base.words import Words

TABLE = "subscriber_profile"


def derive(tables: Mapping[str, Path], journal: Journal, watcher: Watcher) -> tuple[dict[str, Path], int, list[Words]]:
    """Return sorted event tables with profiles made of them, how many those are, and what the operator has to know.

    A source's own profiles stand; calls of less than 28 days make none.
    """
    known = history(tables)
    if TABLE in tables or known is None:
        return dict(tables), 0, []
    if not (months := known.months()):
        return dict(tables), 0, [too_short(known)]
    path, count = write_profiles(tables, months, journal, watcher)
    return ({**tables, TABLE: path} if count else dict(tables)), count, [made_of(count, months)]


def too_short(known: History) -> Words:
    """Say that the calls do not reach back far enough."""
    return Words(
        f"通话历史仅 {known.days} 天，不足 {LEAST_DAYS} 天，未生成用户画像（模型以数月数据训练）。",
        f"No subscriber profiles: the calls cover {known.days} of the {LEAST_DAYS} days that one needs (the model "
        "learned on months).",
    )


def made_of(count: int, months: Sequence[Month]) -> Words:
    """Say of which days profiles were made."""
    first, last = months[0].days[0], months[-1].days[1]
    return Words(
        f"由 {first} 至 {last} 的通话与短信按窗口生成 {count:,} 个用户画像（每人每 30 天一个）。",
        f"{count:,} subscriber profiles were made from the calls and texts of {first} to {last}, one for each "
        "subscriber and 30 days.",
    )
