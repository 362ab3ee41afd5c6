"""Formatting of figures."""

from django.utils.translation import gettext as _

from fanzha.base.words import Words
from fanzha.command.web.i18n import localize

_FEN = 100
_TEN_THOUSAND, _THOUSAND, _MILLION = 10_000, 1_000, 1_000_000


def percent(share: float | None) -> str:
    """Format a share of 0–1 in percent, None as a dash; a share below 1 is never rounded to 100 %."""
    if share is None:
        return "–"
    whole = min(round(share * 100), 99) if share < 1 else 100
    return _("%(number)d%%") % {"number": whole}


def money(fen: int) -> str:
    """Format an amount of fen in yuan; in Chinese from ten thousand yuan on in units of ten thousand."""
    yuan = fen / _FEN
    zh = f"{yuan / _TEN_THOUSAND:,.1f}万元" if yuan >= _TEN_THOUSAND else f"{yuan:,.0f}元"
    return localize(Words(zh, f"CN¥{yuan:,.0f}"))


def compact(number: float) -> str:
    """Format a number in at most five characters, as a tile of a map holds."""
    if number < _TEN_THOUSAND:
        return f"{number:,.0f}"
    return localize(Words(_scaled(number, _TEN_THOUSAND, "万", "亿"), _scaled(number, _THOUSAND, "k", "M")))


def _scaled(number: float, unit: int, name: str, large_name: str) -> str:
    large = unit * unit if unit == _TEN_THOUSAND else _MILLION
    scaled, word = (number / large, large_name) if number >= large else (number / unit, name)
    return f"{scaled:.1f}{word}" if scaled < 10 else f"{scaled:.0f}{word}"
