"""Keys report the sources of their organisation and read what it may see; people run failed jobs again."""

from datetime import timedelta

from django.utils import timezone
from tests.command.health.factories import failed_job
from tests.command.people import World
from tests.command.web.api.asking import asking

from fanzha.command.web.roles import Role

ADDRESS = "/api/v1/health/components"
SCOPES = ["health:read", "health:write"]


def test_a_key_reports_and_reads(world: World, home: object) -> None:
    client = asking(world, "carrier", scopes=SCOPES, roles=[Role.ADMINISTRATOR.value])
    at = (timezone.now() - timedelta(hours=1)).isoformat()
    body = {"components": [{"name": "calls", "tables": ["call_offered"], "last_at": at, "hours": [3, 0]}]}
    assert client.put(ADDRESS, body, content_type="application/json").status_code == 204
    (told,) = client.get(ADDRESS).json()
    assert (told["name"], told["level"], told["hours"]) == ("calls", "silent", [3, 0])
    assert asking(world, "other_carrier", scopes=SCOPES, roles=[Role.ADMINISTRATOR.value]).get(ADDRESS).json() == []


def test_a_person_runs_a_failed_job_again(world: World, home: object) -> None:
    job = failed_job(world, "carrier", "make_export")
    address = f"/api/v1/health/jobs/{job.pk}/retry"
    assert world.client("other_carrier", Role.ADMINISTRATOR).post(address).status_code == 404
    assert world.client("carrier", Role.ADMINISTRATOR).post(address).status_code == 204
    job.refresh_from_db()
    assert job.status == "READY"
