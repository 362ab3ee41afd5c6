"""Documents of an order concern the targets that were approved; those of other processes their own subject."""

import pytest
from tests.command.people import World
from tests.command.processes.orders_made import drafted, issued

from fanzha.command.orders.document_subjects import masked_subjects
from fanzha.command.processes.models import ProcessInstance

pytestmark = pytest.mark.django_db


def test_approved_targets_are_named_masked(world: World) -> None:
    assert masked_subjects(drafted(world)) == []
    assert masked_subjects(issued(world)) == ["+86 17•• ••0 1234"]
    assert masked_subjects(ProcessInstance(process="lead")) == []
