"""The manifest of a look is time-stamped once by an authority (openssl), and the stamp leaves with the pack."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from zipfile import ZipFile

import pytest
from click.testing import CliRunner
from django.utils import timezone
from tests.command.audit.authority import Authority, AuthorityServer
from tests.command.captures.looks_made import seen
from tests.command.people import World

from fanzha.cli.fetch import COMMAND
from fanzha.collect.pages.look_folder import find_changed_files
from fanzha.command.captures.evidence_disclosure import disclose_pack
from fanzha.command.captures.evidence_stamps import STAMP_NAME, stamp_evidence
from fanzha.command.captures.models import Capture
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import unscoped
from fanzha.store.look_queue import evidence_folder

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("home", "socket_enabled")]


class Stamped:
    """The authority and its server."""

    def __init__(self, authority: Authority, server: AuthorityServer) -> None:
        self.authority, self.server = authority, server


@pytest.fixture
def stamped(tmp_path: Path, home: Path) -> Iterator[Stamped]:
    authority = Authority(tmp_path / "tsa")
    with AuthorityServer(authority.respond) as server:
        (home / "fanzha.toml").write_text(
            f'[site.timestamps]\nurl = "{server.url}"\nca_file = "{authority.ca_file}"\nis_internal = true\n'
        )
        yield Stamped(authority, server)


def moment(capture: Capture) -> object:
    with unscoped("test"):
        return Capture.objects.get(pk=capture.pk).stamped_at


@pytest.fixture
def capture(world: World) -> Capture:
    made = seen(world["carrier"])
    with unscoped("test"):
        Capture.objects.update(looked_at=timezone.now())
    return made


def test_evidence_is_stamped_once_and_the_pack_proves_when(
    world: World, capture: Capture, stamped: Stamped, tmp_path: Path
) -> None:
    assert (stamp_evidence(timezone.now()), stamp_evidence(timezone.now())) == (1, 0)
    assert moment(capture) is not None and len(stamped.server.requests) == 1
    with disclose_pack(world.viewer("carrier", Role.ANALYST), capture, "case file") as file, ZipFile(file) as archive:
        archive.extractall(tmp_path / "pack")
    assert find_changed_files(tmp_path / "pack") == []
    check = ["--check", str(tmp_path / "pack"), "--tsa-ca"]
    verified = CliRunner().invoke(COMMAND, [*check, str(stamped.authority.ca_file)])
    assert verified.exit_code == 0 and "time-stamped: 20" in verified.output
    stranger = Authority(tmp_path / "stranger")
    assert CliRunner().invoke(COMMAND, [*check, str(stranger.ca_file)]).exit_code == 1
    (tmp_path / "pack" / STAMP_NAME).unlink()
    assert "no time-stamp" in CliRunner().invoke(COMMAND, [*check, str(stamped.authority.ca_file)]).output


def test_without_an_answer_it_is_tried_again(capture: Capture, stamped: Stamped) -> None:
    working, stamped.server.answer = stamped.server.answer, lambda _request: b"no"
    assert stamp_evidence(timezone.now()) == 0 and moment(capture) is None
    stamped.server.answer = working
    assert stamp_evidence(timezone.now()) == 1


def test_a_look_that_the_authority_does_not_stamp_stops_no_other(
    world: World, capture: Capture, stamped: Stamped
) -> None:
    working = stamped.server.answer
    stamped.server.answer = lambda request: working(request) if len(stamped.server.requests) > 1 else b"no"
    newer = seen(world["carrier"], url="http://other.bank-example.test/")
    with unscoped("test"):
        Capture.objects.update(looked_at=timezone.now())
    assert stamp_evidence(timezone.now()) == 1
    assert moment(newer) is None and moment(capture) is not None


def test_what_was_changed_or_is_old_is_not_stamped(capture: Capture, stamped: Stamped) -> None:
    assert stamp_evidence(timezone.now() + timedelta(days=8)) == 0
    (evidence_folder(capture.ref) / "manifest.json").write_text("{}")
    stamp_evidence(timezone.now())
    assert moment(capture) is None and stamped.server.requests == []


def test_without_an_authority_nothing_is_asked(capture: Capture) -> None:
    assert stamp_evidence(timezone.now()) == 0 and moment(capture) is None
