"""Add profiles to an analysis: compute them from calls and texts if no source has any."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from fanzha.analyze.ingestion import ProgressListener
from fanzha.analyze.journal import Journal
from fanzha.analyze.profile.month import MIN_DAYS, CallHistory, ProfileMonth, call_history
from fanzha.analyze.profile.profile_writer import write_profiles
from fanzha.base.words import Words

TABLE = "subscriber_profile"


def add_profiles(
    tables: Mapping[str, Path], journal: Journal, listener: ProgressListener
) -> tuple[dict[str, Path], int, list[Words]]:
    """Return the sorted event tables with a table of profiles, the number of profiles, and notes for the operator.

    Profiles of a source are kept; calls of less than 28 days give no profiles.
    """
    history = call_history(tables)
    if TABLE in tables or history is None:
        return dict(tables), 0, []
    if not (months := history.months()):
        return dict(tables), 0, [short_history_words(history)]
    path, count = write_profiles(tables, months, journal, listener)
    return ({**tables, TABLE: path} if count else dict(tables)), count, [profile_words(count, months)]


def short_history_words(history: CallHistory) -> Words:
    """Return a note that the history of calls is too short."""
    return Words(
        f"通话历史仅 {history.days} 天，不足 {MIN_DAYS} 天，未生成用户画像（模型以数月数据训练）。",
        f"No subscriber profiles: the calls cover {history.days} of the {MIN_DAYS} days that one needs (the model "
        "learned on months).",
    )


def profile_words(count: int, months: Sequence[ProfileMonth]) -> Words:
    """Return a note on the days that the profiles cover."""
    first, last = months[0].days[0], months[-1].days[1]
    return Words(
        f"由 {first} 至 {last} 的通话与短信按窗口生成 {count:,} 个用户画像（每人每 30 天一个）。",
        f"{count:,} subscriber profiles were made from the calls and texts of {first} to {last}, one for each "
        "subscriber and 30 days.",
    )
