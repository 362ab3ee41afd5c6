"""Programs read documents of basis, send feedback and read precision."""

from datetime import timedelta

from django.core import signing
from django.utils import timezone
from tests.command.number_signals.bank_world import basis
from tests.command.people import World
from tests.command.web.api.asking import asking, problem

from fanzha.command.number_signals.services import INDICATOR_SALT
from fanzha.command.web.roles import Role

BASE = "/api/v1/number_signals"
SCOPES = ["number_signals:read", "number_signals:write"]


def test_both_sides_read_a_basis(world: World) -> None:
    made = basis(world)
    for name in ("carrier", "bank"):
        client = asking(world, name, scopes=SCOPES, roles=["liaison"])
        assert [item["ref"] for item in client.get(f"{BASE}/bases").json()["items"]] == [made.ref]
    assert asking(world, "far_carrier", scopes=SCOPES, roles=["liaison"]).get(f"{BASE}/bases").json()["items"] == []


def test_two_programs_of_two_people_bring_a_basis_into_force(world: World) -> None:
    people = [world.person("carrier", role) for role in (Role.LIAISON, Role.PRIVACY_OFFICER)]
    first, second = (asking(world, "carrier", scopes=SCOPES, roles=["liaison"], made_by=person) for person in people)
    body = {"client": world["bank"].ref, "services": ["sim-swap"], "document": "Agreement", "legal_basis": "ATF18",
            "until": (timezone.now() + timedelta(days=9)).isoformat(), "quota_per_day": 5}  # fmt: skip
    ref = first.post(f"{BASE}/bases", body, "application/json").json()["ref"]
    problem(first.post(f"{BASE}/bases/{ref}/approve"), 403)
    assert second.post(f"{BASE}/bases/{ref}/approve").status_code == 204
    problem(second.post(f"{BASE}/bases/{ref}/approve"), 409)
    bank = asking(world, "bank", scopes=SCOPES, roles=["liaison"], made_by=people[0])
    problem(bank.delete(f"{BASE}/bases/{ref}"), 404)
    assert first.delete(f"{BASE}/bases/{ref}").status_code == 204
    problem(first.post(f"{BASE}/bases", body | {"client": "nobody"}, "application/json"), 422)
    nobody = asking(world, "carrier", scopes=SCOPES, roles=["liaison"])
    problem(nobody.post(f"{BASE}/bases", body, "application/json"), 403)


def test_a_banks_feedback_is_counted(world: World) -> None:
    content = {"id": "7", "owner": world["carrier"].pk, "grade": "high", "bank": world["bank"].pk}
    body = {"indicator": signing.dumps(content, salt=INDICATOR_SALT), "outcome": "confirmed", "stopped_cny": "10.00"}
    client = asking(world, "bank", scopes=SCOPES, roles=["analyst"])
    assert client.post(f"{BASE}/feedback", body, "application/json").status_code == 204
    problem(client.post(f"{BASE}/feedback", body | {"indicator": "x"}, "application/json"), 422)
    rows = asking(world, "carrier", scopes=SCOPES, roles=["analyst"]).get(f"{BASE}/precision").json()
    assert [row["n"] for row in rows] == [0, 1, 0] and rows[1]["stopped_cny"] == 10.0
    carrier = asking(world, "carrier", scopes=SCOPES, roles=["analyst"])
    problem(carrier.post(f"{BASE}/feedback", body, "application/json"), 403)
