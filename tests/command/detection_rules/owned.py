"""What a carrier has of detection rules in the access matrix: a rule in shadow with a request for a second person."""

from tests.command.access.owning import Owned
from tests.command.detection_rules.factories import FULL, RULE, asked, backtest_run, in_shadow
from tests.command.people import World


def owned(world: World, secret: str) -> Owned:
    """Let a rule whose title is the secret wait for a second person."""
    text = in_shadow(world, text=RULE.replace("outgoing burst", secret))
    request = asked(world, text, FULL._replace(why=secret))
    run = backtest_run(world, text, history=secret)
    api = "api/v1/detection_rules"
    return Owned(
        hidden={
            "rules/{text}": text,
            "rules/requests/{ref}": request.ref,
            f"{api}/texts/{{text}}": text,
            f"{api}/requests/{{ref}}": request.ref,
            "rules/backtests/{ref}": run.ref,
            f"{api}/backtests/{{ref}}": run.ref,
        },
        shared={
            "rules/detectors/{name}": "new-card",
            "rules/budgets/{rule}": "new-card",
            f"{api}/budgets/{{rule}}": "new-card",
        },
    )
