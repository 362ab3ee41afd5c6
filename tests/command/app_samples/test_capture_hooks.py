"""Packages that pages hand out and mails bring go into the quarantine, each linked to what brought it."""

from email.message import EmailMessage

import msgspec
import pytest
from django.utils import timezone
from tests.command.app_samples.samples_made import apk
from tests.command.captures.looks_made import hand_out, make_record, write_evidence
from tests.command.people import World

from fanzha.command.app_samples.found_files import FoundFile
from fanzha.command.app_samples.models import AppSample, SampleOrigin
from fanzha.command.app_samples.quarantine import find_sample_file
from fanzha.command.captures.models import Capture
from fanzha.command.captures.services import record_outcomes, request_look
from fanzha.command.reports import services
from fanzha.command.reports.mail_intake import read_mail
from fanzha.command.reports.models import Report
from fanzha.command.reports.services import Submission, submit_report
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import unscoped
from fanzha.store.look_record import DownloadFacts, LookRecord, PersonaVisit

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("home")]
URL = "http://login.bank-example.test/m/"


def looked(world: World, record: LookRecord, *files: tuple[bytes, str]) -> Capture:
    """A look whose second visitor was handed files."""
    capture = request_look(world["centre"], URL, "desk")
    facts = tuple(hand_out(capture.ref, data, name) for data, name in files)
    missing = DownloadFacts(URL, "gone.apk", 9, "ab" * 32)
    escape = DownloadFacts(URL, "escape.apk", 9, "../look.json")
    first, *others = reversed(record.visits)
    visit = msgspec.structs.replace(first, downloads=(*facts, missing, escape))
    write_evidence(capture.ref, msgspec.structs.replace(record, visits=(*reversed(others), visit)))
    record_outcomes(timezone.now())
    return capture


def test_a_package_that_a_page_hands_out_is_quarantined_and_linked(world: World) -> None:
    capture = looked(world, make_record(URL), (apk(), "app.apk"), (b"%PDF", "offer.pdf"))
    with unscoped("test"):
        sample, origin = AppSample.objects.get(), SampleOrigin.objects.get()
    assert find_sample_file(sample.sha256) and sample.source == "capture" and sample.owner == world["centre"]
    assert (origin.kind, origin.about, origin.name) == ("capture", capture.ref, "app.apk")
    browser = world.client("centre", Role.ANALYST)
    page = browser.get(f"/captures/{capture.ref}/").content.decode()
    assert f"/app-samples/?text={sample.sha256}" in page
    assert f"/captures/{capture.ref}/" in browser.get(f"/app-samples/{sample.ref}/").content.decode()


def test_a_link_straight_to_a_package_brings_it_though_no_page_was_seen(world: World) -> None:
    record = LookRecord(URL, 1_795_998_000_000, visits=(PersonaVisit("phone", URL, ended_by="download"),))
    capture = looked(world, record, (apk(), "app.apk"))
    with unscoped("test"):
        assert Capture.objects.get(pk=capture.pk).state == "failed"
        assert SampleOrigin.objects.get().about == capture.ref


def test_a_package_in_a_mail_is_quarantined_and_linked_to_the_report(world: World) -> None:
    mail = EmailMessage()
    mail["From"], mail["Subject"] = "a@mail.example", "an app that I was sent"
    mail.set_content("They told me to install this: http://a-page.example/")
    mail.add_attachment(apk(), maintype="application", subtype="octet-stream", filename="kefu.apk")
    mail.add_attachment(b"PK\x03\x04 a document", maintype="application", subtype="zip", filename="a.docx")
    submit_report(world["centre"], read_mail(mail.as_bytes(), world["centre"].ref), "192.0.2.1")
    with unscoped("test"):
        sample, report = AppSample.objects.get(), Report.objects.get()
        assert SampleOrigin.objects.get().about == report.ref
    page = world.client("centre", Role.ANALYST).get(f"/reports/{report.ref}/").content.decode()
    assert f"/app-samples/{sample.ref}/" in page
    assert f"/app-samples/{sample.ref}/" not in (
        world.client("centre", Role.CLERK).get(f"/reports/{report.ref}/").content.decode()
    )


def test_a_worker_that_died_before_the_quarantine_takes_the_package_the_next_time(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = FoundFile.from_bytes(apk(), "kefu.apk")
    submission = Submission("app", "form", thing="com.example.kefu", channel="mail", attachments=(file,))

    def die(*_given: object) -> None:
        raise OSError("no space left")

    with monkeypatch.context() as patch, pytest.raises(OSError, match="no space"):
        patch.setattr(services, "take_found_sample", die)
        submit_report(world["centre"], submission, "192.0.2.1")
    submit_report(world["centre"], submission, "192.0.2.1")
    with unscoped("test"):
        assert SampleOrigin.objects.get().about == Report.objects.get().ref
