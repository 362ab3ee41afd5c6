"""The site drafts last month's bulletins of the owners in the settings, once."""

from datetime import timedelta
from pathlib import Path

import pytest
from tests.command.bulletins.bulletins_made import DRAFTED, drafted, made_month
from tests.command.people import World

from fanzha.base.errors import UsageError
from fanzha.command.audit.models import LogEntry
from fanzha.command.bulletins.models import Bulletin
from fanzha.command.bulletins.services import BulletinSettings, draft_due, load_bulletin_settings, save_text
from fanzha.command.bulletins.tasks import JOBS
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import unscoped

pytestmark = pytest.mark.django_db


def test_a_draft_is_made_from_its_day_on_and_once(world: World, home: Path) -> None:
    (home / "fanzha.toml").write_text('[bulletins]\nowners = ["Example centre", "Example carrier"]\nday = 3\n')
    assert [job.name for job in JOBS] == ["draft monthly bulletins"]
    with unscoped("test"):
        assert JOBS[0].run(DRAFTED - timedelta(days=1)) == []
        refs = JOBS[0].run(DRAFTED)
        assert draft_due(DRAFTED + timedelta(days=1)) == []
        assert [row.ref for row in Bulletin.objects.filter(owner=world["centre"])] == refs


def test_a_changed_wording_is_on_record_and_the_same_one_is_not(world: World, home: Path) -> None:
    made_month(world)
    bulletin, person = drafted(world), world.person("centre", Role.ANALYST)
    assert save_text(bulletin, "opening", "en", "Handled: {report_settled}.", person, person.ref, DRAFTED)
    assert not save_text(bulletin, "opening", "en", " Handled: {report_settled}. ", person, person.ref, DRAFTED)
    with unscoped("test"):
        assert LogEntry.objects.filter(kind="bulletin_text_changed").count() == 1


def test_without_settings_people_draft_it(home: Path) -> None:
    assert load_bulletin_settings() == BulletinSettings(owners=(), day=3)


@pytest.mark.parametrize("text", ["day = 31", "owner = 'a centre'"])
def test_wrong_settings_are_refused(home: Path, text: str) -> None:
    (home / "fanzha.toml").write_text(f"[bulletins]\n{text}\n")
    with pytest.raises(UsageError, match=r"\[bulletins\]"):
        load_bulletin_settings()
