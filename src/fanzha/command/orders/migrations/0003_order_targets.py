"""Make each target of an order a row of its own, and write the rows of the orders that are there."""

from typing import Any

import django.db.models.deletion
from django.db import migrations, models

from fanzha.base.ids import digest
from fanzha.command.orders.targets import find_action, parse_targets

_BATCH = 1_000
#: State of the order -> state of its targets; the targets of all other orders are approved.
_STATES = {
    "drafted": "proposed",
    "returned": "proposed",
    "dropped": "proposed",
    "rolling_back": "restored",
    "rolled_back": "restored",
    "ending": "ended",
    "closed": "ended",
}


def write_targets(apps: Any, _editor: Any) -> None:
    """Write the rows from the drafting step of each order. Values that no kind accepts any more are left out."""
    order_target = apps.get_model("orders", "OrderTarget")
    drafts = apps.get_model("flows", "Step").objects.filter(instance__process="order", number=1, leg="")
    lapses = apps.get_model("flows", "Step").objects.filter(event="lapse", instance__process="order")
    lapsed = set(lapses.values_list("instance", flat=True))
    rows: list[Any] = []
    for draft in drafts.select_related("instance").order_by("pk").iterator(chunk_size=_BATCH):
        order, choice = draft.instance, (draft.evidence.get("target_kind", ""), draft.evidence.get("action", ""))
        action = find_action(*choice)
        for place, target in enumerate(parse_targets(*choice, draft.personal.get("subjects", ())).targets):
            rows.append(
                order_target(
                    instance=order,
                    place=place,
                    kind=target.kind,
                    value=target.value,
                    thing=digest(target.kind, target.value),
                    action=action.value if action else "",
                    state="ended" if order.pk in lapsed else _STATES.get(order.state, "approved"),
                    changed_at=order.changed_at,
                )
            )
        if len(rows) >= _BATCH:
            order_target.objects.bulk_create(rows)
            rows = []
    order_target.objects.bulk_create(rows)


class Migration(migrations.Migration):
    """Add the table and fill it."""

    dependencies = (("orders", "0002_sent_content"), ("flows", "0003_complete_step_files"))

    operations = (
        migrations.CreateModel(
            name="OrderTarget",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("place", models.PositiveSmallIntegerField()),
                ("kind", models.CharField(max_length=20)),
                ("value", models.TextField()),
                ("thing", models.CharField(max_length=32)),
                ("action", models.CharField(max_length=20)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("proposed", "Proposed"),
                            ("sent_back", "Sent Back"),
                            ("approved", "Approved"),
                            ("appealed", "Appealed"),
                            ("restored", "Restored"),
                            ("ended", "Ended"),
                        ],
                        default="proposed",
                        max_length=9,
                    ),
                ),
                ("reason", models.TextField(blank=True)),
                ("step", models.PositiveIntegerField(default=1)),
                ("changed_at", models.DateTimeField()),
                (
                    "instance",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="order_targets",
                        to="flows.processinstance",
                    ),
                ),
            ],
            options={"ordering": ["instance", "place"]},
        ),
        migrations.AddConstraint(
            "ordertarget",
            models.UniqueConstraint(fields=("instance", "place"), name="one_target_a_place"),
        ),
        migrations.AddIndex("ordertarget", models.Index(fields=["thing"], name="order_target_thing")),
        migrations.RunPython(write_targets, migrations.RunPython.noop),
    )
