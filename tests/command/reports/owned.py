"""What a carrier has of public reports in the access matrix: one that it received, with a secret text."""

from datetime import timedelta

from django.utils import timezone
from tests.command.access.owning import Owned
from tests.command.people import World
from tests.command.web.test_screenshots import png

from fanzha.command.reports.models import Report
from fanzha.command.reports.picture_basis import Assessment, record_assessment
from fanzha.command.reports.screenshot_store import store_screenshot
from fanzha.command.reports.services import Submission, submit_report
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import unscoped


def owned(world: World, secret: str) -> Owned:
    """Receive a report."""
    picture = store_screenshot(png(), timezone.now())
    submission = Submission(
        "call", "owned", thing="+8617000000077", text=secret, contact="+8617000000078", screenshots=[picture]
    )
    submit_report(world["carrier"], submission, "192.0.2.1", timezone.now())
    with unscoped("test"):
        report = Report.objects.get(text=secret)
    until = timezone.now() + timedelta(days=9)
    said = Assessment(secret, "a", "b", "c", until)
    basis = record_assessment(world["carrier"], said, world.person("carrier", Role.PRIVACY_OFFICER))
    form = {"category": "call", "thing": "+8617000000079", "nonce": "n" * 32}
    return Owned(
        hidden={
            "reports/{ref}": report.ref,
            "reports/pictures/{ref}": basis.ref,
            "api/v1/reports/assessments/{ref}": basis.ref,
            "api/v1/reports/{ref}": report.ref,
        },
        shared={"reports/{ref}/pictures/{number}": 1, "api/v1/reports/{ref}/pictures/{number}": 1},
        bodies={
            "POST reports/{ref}/pictures/{number}/": {"purpose": "a call-back"},
            "POST reports/new/": form,
            "POST reports/pictures/": {
                "document": "PIA 8",
                "need": "a",
                "risks": "b",
                "measures": "c",
                "until": "2026-01-01T00:00",
            },
            "POST reports/pictures/{ref}/": {"do": "end"},
            "POST reports/{ref}/reward/": {"merit": "confirmed", "amount": "100", "reason": "It helped"},
            "POST reports/{ref}/protection/": {"danger": "Somebody rang"},
            "POST reports/{ref}/contact/": {"purpose": "a call-back"},
            "POST api/v1/reports/{ref}/pictures/{number}": {"purpose": "a call-back"},
            "POST api/v1/reports/assessments": {
                "document": "PIA 9",
                "need": "a",
                "risks": "b",
                "measures": "c",
                "until": until.isoformat(),
            },
            "POST api/v1/reports/{ref}/contact": {"purpose": "a call-back"},
            "POST api/v1/reports/": {"number": "A-1", "category": "call", "thing": "+8617000000079"},
        },
    )
