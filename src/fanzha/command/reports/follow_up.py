"""What a reporter does by the receipt code, by pages or public interface: add, reply, object, ask for protection."""

from __future__ import annotations

from typing import Any, NamedTuple

from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from fanzha.base.words import Words
from fanzha.command.reports.models import Report
from fanzha.command.reports.rewards import ask_protection
from fanzha.command.reports.services import (
    add_facts,
    add_picture,
    check_picture_room,
    object_to_answer,
    reply_to_question,
)
from fanzha.command.web.screenshots import strip_screenshot
from fanzha.processes.refusal import Reason, Refusal

ONE_AT_A_TIME = Words("请分别提交", "Send one thing at a time")


class ReporterMessage(NamedTuple):
    """What a reporter writes: facts to add, an objection to the answer, what is feared, a reply to a question.

    One of them is asked for at a time; `picture` comes with the facts, or alone.
    """

    facts: str = ""
    objection: str = ""
    danger: str = ""
    reply: str = ""
    picture: UploadedFile[Any] | None = None

    @property
    def is_ambiguous(self) -> bool:
        """Return whether more is asked for than one thing: facts and a picture are one."""
        asked = (self.facts or self.picture is not None, self.objection, self.danger, self.reply)
        return sum(map(bool, asked)) > 1


def take_follow_up(report: Report, given: ReporterMessage) -> str:
    """Do what the reporter asks for; return in words what was done, "" if nothing was asked.

    Raise Refusal if it cannot be done now, UnusableScreenshot if the picture is none or the room of the day is used up.
    """
    if given.is_ambiguous:
        raise Refusal(Reason.EVIDENCE, ONE_AT_A_TIME)
    if given.danger:
        ask_protection(report, given.danger)
        report.refresh_from_db()
        return _("Protection was asked for. Fewer people can see who you are from now on.")
    if given.objection:
        object_to_answer(report, given.objection)
        return _("Your report was opened again.")
    if given.reply:
        reply_to_question(report, given.reply)
        return _("Your answer was sent.")
    if given.picture is not None:
        check_picture_room(report)
        add_picture(report, strip_screenshot(given.picture.read()), given.facts)
        return _("Your picture was added.")
    if given.facts:
        add_facts(report, given.facts)
        return _("Your facts were added.")
    return ""
