"""Steps of the demo's made-up year, taken through the services: who acts, and made-up values for fields left open."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from fanzha.base.clock import to_ms
from fanzha.base.words import Words
from fanzha.command.organizations.selectors import build_viewer
from fanzha.command.processes.hooks import without_computed
from fanzha.command.processes.models import ProcessInstance
from fanzha.command.processes.parties import viewer_party_roles
from fanzha.command.processes.selectors import load_processes, to_actor, to_party
from fanzha.command.processes.services import About, fire, open_process, store_upload
from fanzha.command.web.roles import Role
from fanzha.command.web.viewer import Viewer
from fanzha.processes.evidence import EvidenceField, FieldType
from fanzha.run.demo_clock import DemoClock
from fanzha.run.demo_province import DemoProvince

if TYPE_CHECKING:
    from fanzha.command.organizations.models import Organization

_CHECKED = Words("已核实，情况属实（虚构）", "Checked and found correct (made up)")


class DemoSteps:
    """Opens processes and fires their events at the time of the clock."""

    def __init__(self, province: DemoProvince, clock: DemoClock) -> None:
        self.province, self.clock = province, clock

    def viewer(self, name: str, role: Role, *, colleague: bool = False) -> Viewer:
        """Return the viewer of a person, or of the colleague in the same role."""
        people = self.province.colleagues if colleague else self.province.people
        person, organization = people[name, role], self.province[name]
        roles = set(person.memberships.values_list("role", flat=True))
        unit = person.memberships.values_list("unit", flat=True)[0]
        return build_viewer(organization, roles, person.pk)._replace(unit=unit)

    def open(
        self, process: str, event: str, name: str, role: Role, *, about: About | None = None, **given: Any
    ) -> ProcessInstance:
        """Open a process of an organisation; required fields that are not given get made-up values."""
        viewer, owner = self.viewer(name, role), self.province[name]
        fields = load_processes()[process].events[event].evidence
        evidence = self._complete(fields, given, viewer, {})
        about = about or About(simulated=True)
        return open_process(process, event, owner, to_actor(viewer), evidence, about=about, at=self.clock.now)

    def take(
        self,
        instance: ProcessInstance,
        event: str,
        name: str,
        role: Role,
        *,
        leg_of: str = "",
        colleague: bool = False,
        **given: Any,
    ) -> None:
        """Fire an event of a process, or of the leg of the organisation `leg_of`."""
        viewer, process = self.viewer(name, role, colleague=colleague), instance.version.process
        machine = process.machine_for(event)
        fields = without_computed(process.name, event, machine.events[event].evidence if machine else {})
        leg = instance.legs.filter(receiver=self.province[leg_of]).latest("pk").name if leg_of else ""
        instance.refresh_from_db()
        evidence = self._complete(fields, given, viewer, instance.situation.get("facts", {}))
        actor = to_actor(viewer, viewer_party_roles(instance, viewer))
        fire(instance.ref, event, actor, evidence, leg=leg, at=self.clock.now)
        instance.refresh_from_db()

    def document(self, title: Words, viewer: Viewer) -> str:
        """Store a made-up document; return its name."""
        day = self.clock.now.date().isoformat()
        text = f"{title.zh} {title.en}\n{day}\n虚构文件，仅用于演示 a made-up document, for demonstration only\n"
        return store_upload(text.encode(), viewer)

    def party(self, name: str) -> Any:
        """Return an organisation as a party of a process."""
        return to_party(self.province[name])

    def organization(self, name: str) -> "Organization":
        """Return an organisation."""
        return self.province[name]

    def _complete(
        self, fields: Mapping[str, EvidenceField], given: Mapping[str, Any], viewer: Viewer, facts: Mapping[str, Any]
    ) -> dict[str, Any]:
        """Return the given values of the fields that exist, and made-up ones for required fields."""
        values = {name: value for name, value in given.items() if name in fields}
        for name, field in fields.items():
            if name not in values and (field.required or field.demanded_by in values):
                value = self._invent_value(field, viewer, facts)
                values[name] = (value,) if field.many else value
        return values

    def _invent_value(self, field: EvidenceField, viewer: Viewer, facts: Mapping[str, Any]) -> Any:
        match field.type:
            case FieldType.TEXT:
                return _CHECKED.joined()
            case FieldType.NUMBER:
                return facts.get(field.not_below, 1) if field.not_below else 1
            case FieldType.MOMENT:
                return to_ms(self._moment(field))
            case FieldType.CHOICE:
                return next(iter(field.choices))
            case FieldType.YES_NO:
                return True
            case FieldType.FILE:
                return self.document(field.title, viewer)
            case FieldType.ORGANIZATION:
                return self.party("mobile")
            case _:
                raise LookupError(f"nothing can be made up for {field.title.en}")

    def _moment(self, field: EvidenceField) -> datetime:
        return self.clock.now + timedelta(hours=12) if field.within else self.clock.now
