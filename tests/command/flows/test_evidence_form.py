"""The form of an event has a field for each piece of evidence, and gives the engine what it reads."""

import os
from collections.abc import Iterator
from hashlib import sha256
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone, translation
from django.utils.datastructures import MultiValueDict
from tests.command.flows.filled_in import filled_in
from tests.command.people import World

from fanzha.base.clock import to_ms
from fanzha.base.words import Words
from fanzha.command.flows.evidence_form import evidence_form
from fanzha.command.organizations.kinds import Role
from fanzha.command.organizations.models import Organization, Person
from fanzha.processes.catalog import all_processes
from fanzha.processes.evidence import Field, FieldType, checked
from fanzha.processes.parties import Party
from fanzha.processes.refusal import Refusal
from fanzha.processes.roles import role_table

PHOTO = b"\xff\xd8\xff\xe0 a photo"
FIELDS = {
    "reason": Field(title=Words("事由", "Reason"), type=FieldType.TEXT),
    "subjects": Field(title=Words("对象", "Subjects"), type=FieldType.SUBJECT, many=True),
    "hits": Field(title=Words("影响", "Hit"), type=FieldType.NUMBER, unit=Words("个", "subjects")),
    "until": Field(title=Words("到期", "Ends"), type=FieldType.MOMENT),
    "action": Field(title=Words("措施", "Action"), type=FieldType.CHOICE, choices={"label": Words("提示", "Label")}),
    "sure": Field(title=Words("确定", "Sure"), type=FieldType.YES_NO),
    "photo": Field(title=Words("照片", "Photo"), type=FieldType.FILE),
    "holder": Field(title=Words("单位", "Holder"), type=FieldType.ORGANIZATION),
    "receivers": Field(title=Words("接收单位", "Receivers"), type=FieldType.ORGANIZATION, many=True),
    "papers": Field(title=Words("材料", "Papers"), type=FieldType.FILE, many=True),
    "inspectors": Field(title=Words("检查人员", "Inspectors"), type=FieldType.PERSON, many=True),
    "days": Field(title=Words("日期", "Days"), type=FieldType.MOMENT, many=True),
    "shares": Field(title=Words("比例", "Shares"), type=FieldType.NUMBER, many=True),
    "note": Field(title=Words("备注", "Note"), type=FieldType.TEXT, required=False),
}


@pytest.mark.django_db
def test_what_is_filled_in_is_what_the_engine_checks(world: World) -> None:
    inspectors = [world.person("administration", role) for role in (Role.INSPECTOR, Role.REVIEWER)]
    form = evidence_form(FIELDS, Organization.objects.all(), Person.objects.all())(
        {
            "reason": "a burst",
            "subjects": "+8617000000001\n\n+8617000000002\n+8617000000001\n",
            "hits": "2",
            "until": "2026-12-01T08:00",
            "action": "label",
            "sure": "on",
            "holder": world["isp"].pk,
            "receivers": [world["carrier"].pk, world["mvno"].pk],
            "inspectors": [one.ref for one in inspectors],
            "days": "2026-12-01 08:00\n2026-12-02 08:00",
            "shares": "2\n0.5",
            "note": "",
        },
        MultiValueDict(
            {
                "photo": [SimpleUploadedFile("shop.jpg", PHOTO)],
                "papers": [SimpleUploadedFile("one.txt", b"one"), SimpleUploadedFile("two.txt", b"two")],
            }
        ),
    )
    assert form.is_valid(), form.errors
    given = form.evidence()
    assert checked(FIELDS, given, 0) == given
    assert given == {
        "reason": "a burst",
        "subjects": ("+8617000000001", "+8617000000002"),
        "hits": 2,
        "until": 1_796_083_200_000,  # 08:00 in Beijing
        "action": "label",
        "sure": True,
        "photo": sha256(PHOTO).hexdigest(),
        "holder": Party(world["isp"].ref, "isp"),
        "receivers": (Party(world["carrier"].ref, "carrier"), Party(world["mvno"].ref, "mvno")),
        "papers": tuple(sha256(content).hexdigest() for content in (b"one", b"two")),
        "inspectors": tuple(sorted((one.ref for one in inspectors), key=given["inspectors"].index)),
        "days": (1_796_083_200_000, 1_796_169_600_000),
        "shares": (2, 0.5),
    }
    assert os.path.exists(f"{os.environ['FANZHA_HOME']}/evidence/{given['photo'][:2]}/{given['photo']}")


def _events() -> Iterator[Any]:
    for process in all_processes().values():
        for machine in (process, process.legs) if process.legs else (process,):
            for name, event in machine.events.items():
                yield pytest.param(event.evidence, id=f"{process.name}.{name}")


@pytest.mark.django_db
def test_every_event_of_every_process_has_a_form_that_can_be_filled_in(world: World) -> None:
    now, offices = timezone.now(), [world["carrier"], world["mvno"]]
    people = [world.person("carrier", role) for role in (Role.ANALYST, Role.REVIEWER)]

    def choose(name: str, field: Field, count: int) -> list[Any]:
        if field.type is FieldType.PERSON:
            return [one.ref for one in people][-count if field.differs_from else 0 :][:count]
        return [one.pk for one in offices[:count]]

    wrong: dict[str, dict[str, Any]] = {}
    for event in _events():
        fields: dict[str, Field] = event.values[0]
        sent = filled_in(fields, choose, now)
        files = {name: sent.pop(name) for name, field in fields.items() if field.type is FieldType.FILE}
        made = evidence_form(fields, Organization.objects.all(), Person.objects.all())
        form = made(_sent_as(sent), _sent_as(files))
        if not form.is_valid():
            wrong[event.id] = dict(form.errors)
            continue
        try:
            giver = next((field.only_by for field in fields.values() if field.only_by), "carrier")
            checked(fields, form.evidence(), to_ms(now), role_table().kinds_of(giver)[0])
        except Refusal as refused:
            wrong[event.id] = {name: words.en for name, words in refused.fields.items()}
    assert wrong == {}


def _sent_as(given: dict[str, Any]) -> MultiValueDict[str, Any]:
    return MultiValueDict({name: value if isinstance(value, list) else [value] for name, value in given.items()})


@pytest.mark.django_db
def test_of_several_files_each_must_hold_something() -> None:
    papers = {"papers": FIELDS["papers"]}
    made = evidence_form(papers, Organization.objects.all(), Person.objects.all())
    files: Any = {"papers": [SimpleUploadedFile("one.txt", b"one"), SimpleUploadedFile("two.txt", b"")]}
    assert "papers" in made({}, MultiValueDict(files)).errors
    assert "papers" in made({}, MultiValueDict()).errors
    assert " multiple" in str(made()["papers"])


@pytest.mark.django_db
@pytest.mark.parametrize(("language", "label"), [("zh-hans", "影响 (个)"), ("en", "Hit (subjects)")])
def test_labels_are_in_the_readers_language_with_their_unit(language: str, label: str) -> None:
    with translation.override(language):
        form = evidence_form(FIELDS, Organization.objects.all(), Person.objects.all())()
    assert form.fields["hits"].label == label


@pytest.mark.django_db
def test_what_the_engine_refuses_stands_beside_its_field() -> None:
    form = evidence_form({"note": FIELDS["note"]}, Organization.objects.all(), Person.objects.all())({"note": "x"})
    assert form.is_valid()
    with translation.override("en"):
        form.add_faults({"note": Words("过长", "too long")})
    assert form.errors["note"] == ["too long"]
