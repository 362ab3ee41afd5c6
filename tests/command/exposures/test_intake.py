"""A file is read only on a valid basis, kept whole or not at all, and nothing of it is kept but what matches."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from time import process_time

import pytest
from django.utils import timezone
from tests.command.exposures.exposures_made import (
    NUMBER,
    OTHER_NUMBER,
    SITE,
    basis_draft,
    confirmed_basis,
    log_of,
    read_log_of,
    roll_back,
    site_order,
)
from tests.command.people import World

from fanzha.base.clock import iso, to_ms
from fanzha.base.errors import UsageError
from fanzha.command.audit.models import LogEntry
from fanzha.command.exposures import intake, log_files
from fanzha.command.exposures.address_holders import table_folder
from fanzha.command.exposures.bases import enter_basis, withdraw_basis
from fanzha.command.exposures.intake import delete_expired, pending_files, read_file, submit_file
from fanzha.command.exposures.models import Exposure, ExposureBasis, ExposureFile
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import unscoped

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("home")]


def exposures() -> list[tuple[str, str, str, int]]:
    rows = Exposure._base_manager.order_by("number", "host")
    return list(rows.values_list("number", "host", "name", "visits"))


def unread() -> Iterator[bytes]:
    pytest.fail("a byte of the file was read")
    yield b""


def test_only_numbers_that_asked_for_a_decided_site_are_kept(world: World) -> None:
    site_order(world)
    basis = confirmed_basis(world)
    rows = ((NUMBER, f"www.{SITE}."), (NUMBER, f"WWW.{SITE}"), (OTHER_NUMBER, "honest.example"), ("10086", SITE))
    file = read_log_of(world, basis, log_of(*rows))
    assert exposures() == [(NUMBER, f"www.{SITE}", SITE, 2)]
    assert (file.state, file.read, file.rejects, file.people) == ("done", 4, {"number": 1}, 1)
    assert not log_files.log_path(file.ref).exists()


def test_without_a_valid_basis_no_byte_is_read(world: World) -> None:
    entered = enter_basis(world["carrier"], basis_draft(), world.person("carrier", Role.PRIVACY_OFFICER))
    withdrawn, expired, early, of_others = (
        confirmed_basis(world),
        confirmed_basis(world),
        confirmed_basis(world),
        confirmed_basis(world, "mvno"),
    )
    withdraw_basis(withdrawn, world.person("carrier", Role.LIAISON))
    now = timezone.now()
    ExposureBasis._base_manager.filter(pk=expired.pk).update(valid_until=now)
    ExposureBasis._base_manager.filter(pk=early.pk).update(valid_from=now + timedelta(days=1))
    reasons = []
    for ref in (entered.ref, withdrawn.ref, expired.ref, early.ref, of_others.ref, "nothing"):
        submitted = submit_file(world["carrier"], ref, "log.csv", unread(), None)
        assert not submitted.is_new and submitted.file.state == "refused" and not submitted.file.sha256
        reasons.append(submitted.file.problem_en)
    assert len(set(reasons)) == 5 and all(reasons)
    assert pending_files() == []
    with unscoped("test"):
        assert LogEntry.objects.filter(kind="exposure_file_refused").count() == 6


def test_a_basis_that_is_withdrawn_while_a_file_is_half_read_keeps_nothing(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    site_order(world)
    basis = confirmed_basis(world)
    monkeypatch.setattr("fanzha.command.exposures.log_rows._BLOCK_BYTES", 4_096)
    content = log_of(*[(NUMBER, SITE)] * 500)
    file = submit_file(world["carrier"], basis.ref, "log.csv", [content], None).file
    report, parts = intake._check_and_report, list[int]()

    def withdraw_after_the_second(file: ExposureFile, counts: intake._RowCounts) -> None:
        parts.append(counts.read)
        if len(parts) == 2:
            withdraw_basis(basis, world.person("carrier", Role.LIAISON))
        report(file, counts)

    monkeypatch.setattr(intake, "_check_and_report", withdraw_after_the_second)
    assert read_file(file.pk)
    file.refresh_from_db()
    assert file.state == "stopped" and "withdrawn" in file.problem_en and len(parts) == 2
    assert exposures() == [] and not log_files.log_path(file.ref).exists()


def test_a_basis_withdrawn_just_before_the_end_keeps_nothing(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    site_order(world)
    basis = confirmed_basis(world)
    file = submit_file(world["carrier"], basis.ref, "log.csv", [log_of((NUMBER, SITE))], None).file
    keep = intake._keep

    def withdraw_first(*parts: object) -> None:
        withdraw_basis(basis, world.person("carrier", Role.LIAISON))
        keep(*parts)  # type: ignore[arg-type]

    monkeypatch.setattr(intake, "_keep", withdraw_first)
    read_file(file.pk)
    file.refresh_from_db()
    assert file.state == "stopped" and exposures() == []


def test_withdrawing_a_basis_deletes_what_was_found_and_files_that_wait(world: World) -> None:
    site_order(world)
    basis = confirmed_basis(world)
    read_log_of(world, basis, log_of((NUMBER, SITE)))
    waiting = submit_file(world["carrier"], basis.ref, "b.csv", [log_of((OTHER_NUMBER, SITE))], None).file
    withdraw_basis(basis, world.person("carrier", Role.LIAISON))
    waiting.refresh_from_db()
    assert exposures() == [] and waiting.state == "stopped" and not log_files.log_path(waiting.ref).exists()


def test_more_people_than_the_basis_allows_stop_the_file(world: World) -> None:
    site_order(world)
    basis = confirmed_basis(world, most_people=2)
    read_log_of(world, basis, log_of((NUMBER, SITE)))
    file = read_log_of(world, basis, log_of((OTHER_NUMBER, SITE), ("+8617000000013", SITE)))
    assert file.state == "stopped" and "3 people" in file.problem_en
    assert [row[0] for row in exposures()] == [NUMBER]


def test_the_same_file_is_read_once_and_another_adds_up(world: World) -> None:
    site_order(world)
    basis = confirmed_basis(world)
    content = log_of((NUMBER, SITE))
    first = read_log_of(world, basis, content)
    again = submit_file(world["carrier"], basis.ref, "log.csv", [content], None)
    assert not again.is_new and again.file.pk == first.pk
    read_log_of(world, basis, log_of((NUMBER, SITE), (NUMBER, SITE)))
    assert exposures() == [(NUMBER, SITE, SITE, 3)]


def test_visits_before_the_decision_count_as_far_back_as_the_basis_allows(world: World) -> None:
    site_order(world)
    basis = confirmed_basis(world, look_back_days=7)
    now = timezone.now()
    file = read_log_of(world, basis, log_of((NUMBER, SITE), at=now - timedelta(days=6)))
    assert file.people == 1
    file = read_log_of(world, basis, log_of((NUMBER, SITE), at=now - timedelta(days=8)))
    assert (file.state, file.rejects, file.people) == ("done", {"early": 1}, 0)


def test_a_site_of_an_order_that_was_rolled_back_or_is_of_others_matches_nobody(world: World) -> None:
    roll_back(world, site_order(world))
    site_order(world, "others.example", name="mvno")
    file = read_log_of(world, confirmed_basis(world), log_of((NUMBER, SITE), (NUMBER, "others.example")))
    assert file.state == "done" and exposures() == []


def test_an_allowlisted_host_matches_nobody(world: World, home: Path) -> None:
    site_order(world)
    (home / "fanzha.toml").write_text('[resolver_zone]\nname = "rpz.example"\nallowed_names = ["fraud.example"]\n')
    file = read_log_of(world, confirmed_basis(world), log_of((NUMBER, f"www.{SITE}")))
    assert file.state == "done" and exposures() == []


def test_texts_are_not_read_on_a_basis_for_names_nor_names_on_one_for_texts(world: World) -> None:
    site_order(world)
    moment = (timezone.now() - timedelta(hours=1)).isoformat()
    texts = f"number,time,content\n{NUMBER},{moment},see {SITE}/x\n".encode()
    names, of_texts = confirmed_basis(world), confirmed_basis(world, source_kind="texts")
    assert read_log_of(world, names, texts).state == "failed"
    assert read_log_of(world, of_texts, log_of((NUMBER, SITE))).state == "failed"
    assert exposures() == []
    assert read_log_of(world, of_texts, texts).people == 1


def test_of_links_their_host_alone_is_kept(world: World) -> None:
    site_order(world)
    moment = (timezone.now() - timedelta(hours=1)).isoformat()
    links = [f"https://{SITE}/pay?id=1101011990030788{row}&tel=13800138000" for row in range(3)]
    rows = "".join(f"{NUMBER},{moment},{link}\n" for link in links)
    read_log_of(world, confirmed_basis(world), f"number,time,url\n{rows}".encode())
    assert exposures() == [(NUMBER, SITE, SITE, 3)]


def test_a_log_that_a_killed_process_left_is_deleted(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    site_order(world)
    basis = confirmed_basis(world)
    waiting = submit_file(world["carrier"], basis.ref, "b.csv", [log_of((OTHER_NUMBER, SITE))], None).file
    read = submit_file(world["carrier"], basis.ref, "a.csv", [log_of((NUMBER, SITE))], None).file

    def kill(ref: str) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as killed, pytest.raises(KeyboardInterrupt):
        killed.setattr(log_files, "delete_log", kill)
        read_file(read.pk)
    log_files.store_log("NOROW", [b"never committed"])
    delete_expired(timezone.now())
    assert log_files.log_path(read.ref).exists(), "it may just be handed in"
    delete_expired(timezone.now() + timedelta(hours=2))
    paths = [log_files.log_path(ref).exists() for ref in (read.ref, "NOROW", waiting.ref)]
    assert paths == [False, False, True]


def test_a_broken_file_fails_with_a_reason_and_keeps_nothing(world: World) -> None:
    site_order(world)
    basis = confirmed_basis(world)
    file = read_log_of(world, basis, b"a,b\n1,2\n")
    assert file.state == "failed" and file.problem_zh and file.problem_en
    with pytest.raises(UsageError):
        submit_file(world["carrier"], basis.ref, "log.csv", [], None)


def test_what_was_found_is_deleted_when_its_time_is_over(world: World) -> None:
    site_order(world)
    read_log_of(world, confirmed_basis(world, keep_days=14), log_of((NUMBER, SITE)))
    delete_expired(timezone.now() + timedelta(days=13))
    assert exposures()
    delete_expired(timezone.now() + timedelta(days=15))
    assert not exposures()


def test_a_large_log_is_read_in_seconds(world: World) -> None:
    site_order(world)
    moment = (timezone.now() - timedelta(hours=1)).isoformat()
    rows = (
        f"+861700{row % 90_000:07d},{'www.' + SITE if row % 90_000 < 90 else f'h{row % 7_000}.example'},{moment}\n"
        for row in range(300_000)
    )
    content = ("number,qname,time\n" + "".join(rows)).encode()
    began = process_time()
    file = read_log_of(world, confirmed_basis(world), content)
    assert (file.state, file.read, file.people) == ("done", 300_000, 90)
    assert process_time() - began < 8


def test_a_log_of_addresses_is_joined_with_the_tables_of_the_basis(world: World) -> None:
    site_order(world)
    basis = confirmed_basis(world)
    log = log_of(("192.0.2.1", SITE), ("192.0.2.1", "news.example"), ("192.0.2.2", SITE)).replace(b"number", b"client")
    waiting = read_log_of(world, basis, log)
    assert (waiting.state, waiting.people) == ("running", 0)  # with its lease, so that it is not read all the time
    assert f"exposure-addresses/{basis.ref}" in waiting.problem_en
    folder = table_folder(basis.ref)
    folder.mkdir(parents=True)
    begin, end = (iso(to_ms(timezone.now() - timedelta(hours=hours))) for hours in (9, 0))
    (folder / "sessions.csv").write_text(f"address,number,from,until\n192.0.2.1,{NUMBER},{begin},{end}\n")
    ExposureFile._base_manager.filter(pk=waiting.pk).update(held_until=timezone.now() - timedelta(minutes=1))
    assert read_file(waiting.pk)
    waiting.refresh_from_db()
    assert (waiting.state, waiting.people, waiting.rejects) == ("done", 1, {"nobody": 1})
    assert (waiting.problem_en, log_files.log_path(waiting.ref).exists()) == ("", False)
    assert Exposure._base_manager.get().number == NUMBER
