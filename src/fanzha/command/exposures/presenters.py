"""Prepare bases, files and cases for pages."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from django.utils.translation import gettext as _

from fanzha.base.words import Words
from fanzha.command.exposures.bases import find_obstacle
from fanzha.command.exposures.models import ExposureBasis, ExposureFile, FileState, WarningState
from fanzha.command.web.components import Badge, KeyFigure, Tone
from fanzha.command.web.i18n import localize

if TYPE_CHECKING:
    from fanzha.command.exposures.selectors import ExposureCase
    from fanzha.command.organizations.models import Person

#: Why a row is rejected, by the code that is counted.
REJECT_WORDS: Mapping[str, Words] = {
    "broken": Words("行已损坏（列数不符或不是 JSON 对象）", "a broken row: wrong number of columns, or no JSON object"),
    "number": Words("不是电话号码", "no telephone number"),
    "address": Words("不是IP地址", "no IP address"),
    "nobody": Words("对应表中该时刻无人使用此地址", "nobody had the address at that time by the tables"),
    "several": Words(
        "对应表中该时刻有多人使用此地址，不作推断",
        "several had the address at that time by the tables; nobody is guessed",
    ),
    "host": Words("不是域名或网址", "no host name or link"),
    "time": Words("不是时刻", "no moment"),
    "early": Words("早于依据允许回看的时间", "older than the basis allows to look back"),
    "late": Words("晚于依据的有效期或当前时间", "after the end of the basis, or in the future"),
}  # fmt: skip
_TONES = {FileState.REFUSED: Tone.WARN, FileState.STOPPED: Tone.WARN, FileState.FAILED: Tone.WARN}


class ExposureBasisRow(NamedTuple):
    """A basis, its state, and what the viewer may do with it."""

    basis: ExposureBasis
    badge: Badge
    may_confirm: bool
    may_withdraw: bool


class ExposureFileRow(NamedTuple):
    """A file, its state, and how many rows were rejected for each reason."""

    file: ExposureFile
    badge: Badge
    problem: str
    rejects: tuple[tuple[str, int], ...]


def present_basis(basis: ExposureBasis, person: Person | None, now: datetime) -> ExposureBasisRow:
    """Present a basis for a person, who may be nobody that decides about it."""
    obstacle = find_obstacle(basis, now)
    is_over = basis.withdrawn_at is not None or basis.valid_until <= now
    is_open = not is_over and basis.confirmed_at is None
    badge = (
        Badge(_("in force"))
        if obstacle is None
        else Badge(localize(obstacle), "", Tone.WARN if is_open else Tone.QUIET)
    )
    may_confirm = is_open and person is not None and basis.entered_by_id != person.pk
    return ExposureBasisRow(basis, badge, may_confirm, person is not None and basis.withdrawn_at is None)


def present_file(file: ExposureFile) -> ExposureFileRow:
    """Present a file."""
    state = FileState(file.state)
    rejects = tuple((localize(REJECT_WORDS[code]), count) for code, count in sorted(file.rejects.items()))
    problem = localize(Words(file.problem_zh, file.problem_en))
    return ExposureFileRow(file, Badge(str(state.label), "", _TONES.get(state, Tone.QUIET)), problem, rejects)


def present_figures(case: ExposureCase) -> list[KeyFigure]:
    """Return the counts of a case."""
    figures = [
        KeyFigure(f"{case.people:,}", _("people")),
        KeyFigure(f"{case.visits:,}", _("visits or texts")),
        KeyFigure(f"{case.unwarned:,}", _("not warned yet")),
    ]
    states = [(WarningState(state), count) for state, count in sorted(case.warnings.items())]
    return figures + [
        KeyFigure(f"{count:,}", str(state.label), is_harm=state is WarningState.FAILED) for state, count in states
    ]
