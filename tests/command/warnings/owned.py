"""What a carrier has of warnings in the access matrix: a version of a wording, and a declared trial."""

from datetime import timedelta

from django.utils import timezone
from tests.command.access.owning import Owned
from tests.command.people import World

from fanzha.command.warnings.models import TrialArm, Wording, WordingTrial
from fanzha.command.web.roles import Role


def owned(world: World, secret: str) -> Owned:
    """Make them."""
    person, now = world.person("carrier", Role.ANALYST), timezone.now()
    rows = [
        Wording._base_manager.create(owner=world["carrier"], fraud_type="fake_loan", channel="text", number=number,
                                     zh=secret, en=secret, made_by=person, made_at=now)
        for number in (1, 2)
    ]  # fmt: skip
    trial = WordingTrial._base_manager.create(
        owner=world["carrier"], fraud_type="fake_loan", channel="text", measure="loss", plan=secret, made_by=person,
        made_at=now, until=now + timedelta(days=9),
    )  # fmt: skip
    TrialArm.objects.bulk_create(TrialArm(trial=trial, wording=row) for row in rows)
    api = "api/v1/warnings"
    text = {"zh": "疑似诈骗，请挂断", "en": "This may be fraud. Hang up."}
    return Owned(
        hidden={
            "wording-versions/{ref}": rows[0].ref,
            "wording-trials/{ref}": trial.ref,
            f"{api}/wordings/{{ref}}": rows[0].ref,
            f"{api}/trials/{{ref}}": trial.ref,
        },
        shared={
            "wordings/{fraud_type}": "fake_loan",
            "wordings/{fraud_type}/{channel}": "text",
            "wording-checks/{channel}": "text",
        },
        bodies={
            f"POST {api}/wordings": text | {"fraud_type": "fake_loan", "channel": "text"},
            f"POST {api}/wordings/{{ref}}/decision": {"do": "reject"},
            f"POST {api}/trials": {
                "wordings": [rows[0].ref, rows[1].ref],
                "measure": "loss",
                "plan": "none",
                "until": (now + timedelta(days=9)).isoformat(),
            },
            f"POST {api}/trials/{{ref}}/act": {"do": "begin"},
            f"POST {api}/overseas-choices": {"number": "+8617000000001", "kind": "refuse", "channel": "app"},
            f"POST {api}/overseas-choices/state": {"number": "+8617000000001"},
            f"POST {api}/overseas-choices/end": {"number": "+8617000000001", "channel": "app"},
            f"POST {api}/overseas-choices/texts": {"number": "+8617000000001", "text": "JJJW"},
        },
    )
