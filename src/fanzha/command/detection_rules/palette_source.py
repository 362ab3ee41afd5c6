"""Offer the rules of the state folder in the command palette."""

from collections.abc import Iterator

from django.urls import reverse

from fanzha.base.errors import UsageError
from fanzha.base.words import Words
from fanzha.command.detection_rules.selectors import parse_heading
from fanzha.command.detection_rules.services import READER_ROLES, STEP_ROLES, operates_rules
from fanzha.command.web.i18n import localize
from fanzha.command.web.palette.entries import PaletteEntry, PaletteSource
from fanzha.command.web.viewer import Viewer
from fanzha.store.rule_texts import RuleTexts


def find_entries(viewer: Viewer) -> Iterator[PaletteEntry]:
    """Yield the newest text of each rule, and for who may write one the editor of a new rule.

    Others than the operator get none, nor does anybody if the folder is damaged.
    """
    if not viewer.has(*READER_ROLES) or not operates_rules(viewer):
        return
    texts = RuleTexts()
    try:
        items = [(item, texts.text(item.text)) for item in texts.list_texts() if item.newest]
    except UsageError:  # the page of the rules says what is damaged
        return
    if viewer.has(*STEP_ROLES):
        title = Words("新建规则", "New rule")
        yield PaletteEntry(localize(title), reverse("detection_rule_new"), "list", keywords=(title.zh, title.en))
    for item, text in items:
        title = parse_heading(item.rule, text).title
        url = reverse("detection_rule", args=[item.text])
        yield PaletteEntry(localize(title), url, "list", item.rule, keywords=(title.zh, title.en, item.rule))


SOURCES = (PaletteSource(Words("检测规则", "Detection rules"), 50, find_entries),)
