"""Things put on record by the tests: made up, some about a person."""

from fanzha.command.audit.recorder import recorded
from fanzha.processes.log.commitment import Personal
from fanzha.processes.log.entry import Draft

AT = 1_772_323_200_000
NUMBERS = "+86170000{:05}"


def draft(number: int, organisation: str = "organisation-1", process: str = "", kind: str = "transition") -> Draft:
    """Make up what somebody did; every second names a person."""
    personal = (Personal("number", f"subject-{number}", NUMBERS.format(number)),) if number % 2 == 0 else ()
    return Draft(
        kind=kind,
        at=AT + number,
        actor="person-1",
        organization=organisation,
        process=process,
        about=f"campaign-{number % 3}",
        facts={"event": "approved", "备注": "示例", "count": number},
        personal=personal,
    )


def record(*sizes: int, organisation: str = "organisation-1") -> None:
    """Put batches of these sizes on record; entries alternate between two processes."""
    count = 0
    for size in sizes:
        with recorded() as log:
            log.extend(draft(count + place, organisation, f"process-{place % 2}") for place in range(size))
        count += size
