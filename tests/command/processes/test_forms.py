"""The form of an event has a field for each piece of evidence, and gives the engine what it reads."""

import os
from hashlib import sha256
from typing import Any

import pytest
from django import forms
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone, translation
from django.utils.datastructures import MultiValueDict
from tests.command.people import World
from tests.command.processes.filled_in import filled_in

from fanzha.base.clock import to_ms
from fanzha.base.words import Words
from fanzha.command.processes.forms import (
    FilesField,
    FormChoices,
    MultiLineField,
    build_evidence_form,
    done_now,
)
from fanzha.command.processes.parties import role_table_kind
from fanzha.command.processes.process_settings import load_processes
from fanzha.command.web.roles import Role
from fanzha.processes.catalog import all_processes
from fanzha.processes.evidence import EvidenceField, FieldType, Unit, check_evidence
from fanzha.processes.parties import Party
from fanzha.processes.process import Process
from fanzha.processes.refusal import Refusal
from fanzha.processes.roles import role_table

PHOTO = b"\xff\xd8\xff\xe0 a photo"
FIELDS = {
    "reason": EvidenceField(title=Words("事由", "Reason"), type=FieldType.TEXT),
    "subjects": EvidenceField(title=Words("对象", "Subjects"), type=FieldType.SUBJECT, many=True),
    "hits": EvidenceField(title=Words("影响", "Hit"), type=FieldType.NUMBER, unit=Unit("个", "subjects", "subject")),
    "until": EvidenceField(title=Words("到期", "Ends"), type=FieldType.MOMENT),
    "action": EvidenceField(
        title=Words("措施", "Action"), type=FieldType.CHOICE, choices={"label": Words("提示", "Label")}
    ),
    "sure": EvidenceField(title=Words("确定", "Sure"), type=FieldType.YES_NO),
    "photo": EvidenceField(title=Words("照片", "Photo"), type=FieldType.FILE),
    "holder": EvidenceField(title=Words("单位", "Holder"), type=FieldType.ORGANIZATION),
    "receivers": EvidenceField(title=Words("接收单位", "Receivers"), type=FieldType.ORGANIZATION, many=True),
    "papers": EvidenceField(title=Words("材料", "Papers"), type=FieldType.FILE, many=True),
    "inspectors": EvidenceField(title=Words("检查人员", "Inspectors"), type=FieldType.PERSON, many=True),
    "days": EvidenceField(title=Words("日期", "Days"), type=FieldType.MOMENT, many=True),
    "shares": EvidenceField(title=Words("比例", "Shares"), type=FieldType.NUMBER, many=True),
    "note": EvidenceField(title=Words("备注", "Note"), type=FieldType.TEXT, required=False),
}


@pytest.mark.django_db
def test_what_is_filled_in_is_what_the_engine_checks(world: World) -> None:
    inspectors = [world.person("administration", role) for role in (Role.INSPECTOR, Role.REVIEWER)]
    form = build_evidence_form(FIELDS, _choices(world))(
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
    assert check_evidence(FIELDS, given, 0) == given
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


@pytest.mark.django_db
@pytest.mark.parametrize("process", all_processes().values(), ids=lambda process: process.name)
def test_every_event_has_a_form_that_can_be_filled_in(world: World, process: Process) -> None:
    kind = role_table().kinds_of(process.owners[0])[0]
    owner = next(name for name, one in world.organizations.items() if role_table_kind(one) == kind)
    for role in (Role.ANALYST, Role.REVIEWER):
        world.person(owner, role)
    choices, now, wrong = FormChoices(process, world.viewer(owner)), timezone.now(), dict[str, dict[str, Any]]()
    for machine in (process, process.legs) if process.legs else (process,):
        for event, told in machine.events.items():
            fields = told.evidence
            sent = filled_in(fields, choices, now)
            files = {name: sent.pop(name) for name, field in fields.items() if field.type is FieldType.FILE}
            form = build_evidence_form(fields, choices)(_sent_as(sent), _sent_as(files))
            if not form.is_valid():
                wrong[event] = dict(form.errors)
                continue
            giver = next((field.only_by for field in fields.values() if field.only_by), "carrier")
            try:
                check_evidence(fields, form.evidence(), to_ms(now), role_table().kinds_of(giver)[0])
            except Refusal as refused:
                wrong[event] = {name: words.en for name, words in refused.fields.items()}
    assert wrong == {}


def _choices(world: World) -> FormChoices:
    return FormChoices(all_processes()["order"], world.viewer("administration"))


def _sent_as(given: dict[str, Any]) -> MultiValueDict[str, Any]:
    return MultiValueDict({name: value if isinstance(value, list) else [value] for name, value in given.items()})


@pytest.mark.django_db
def test_of_several_files_each_must_hold_something(world: World) -> None:
    papers = {"papers": FIELDS["papers"]}
    made = build_evidence_form(papers, _choices(world))
    files: Any = {"papers": [SimpleUploadedFile("one.txt", b"one"), SimpleUploadedFile("two.txt", b"")]}
    assert "papers" in made({}, MultiValueDict(files)).errors
    assert "papers" in made({}, MultiValueDict()).errors
    assert " multiple" in str(made()["papers"])


@pytest.mark.django_db
@pytest.mark.parametrize(("language", "label"), [("zh-hans", "影响 个"), ("en", "Hit subjects")])
def test_labels_are_in_the_readers_language_with_their_unit(world: World, language: str, label: str) -> None:
    with translation.override(language):
        form = build_evidence_form(FIELDS, _choices(world))()
        shown = str(form["hits"])
    assert shown.endswith(f">{label.split()[1]}</span></span>") and form.fields["hits"].label == label.split()[0]


@pytest.mark.django_db
def test_what_the_engine_refuses_stands_beside_its_field(world: World) -> None:
    form = build_evidence_form({"note": FIELDS["note"]}, _choices(world))({"note": "x"})
    assert form.is_valid()
    with translation.override("en"):
        form.add_refusal({"note": Words("过长", "too long")})
    assert form.errors["note"] == ["too long"]


def test_lines_are_values_each_once() -> None:
    assert MultiLineField().clean(" a \n\nb\na\r\n") == ["a", "b"]
    assert MultiLineField(forms.FloatField()).clean("1\n0.5") == [1.0, 0.5]
    assert MultiLineField(required=False).clean("") == []


@pytest.mark.parametrize("told", ["1\ntwo", "", " \n "])
def test_a_line_that_is_no_value_is_refused(told: str) -> None:
    with pytest.raises(forms.ValidationError):
        MultiLineField(forms.FloatField()).clean(told)


def test_files_are_a_list_and_none_is_too_few_where_some_are_needed() -> None:
    one = SimpleUploadedFile("one.txt", b"one")
    assert FilesField().clean([one, one]) == [one, one]
    assert FilesField(required=False).clean([]) == []
    for wrong in ([], [one, SimpleUploadedFile("two.txt", b"")], [one, SimpleUploadedFile("x.exe", b"x")]):
        with pytest.raises(forms.ValidationError):
            FilesField().clean(wrong)


def named(world: World, process: Process, event: str, name: str, of: str) -> set[str]:
    machine = process.machine_for(event)
    field: EvidenceField = machine.events[event].evidence[name] if machine else process.events[event].evidence[name]
    found = set(FormChoices(process, world.viewer(of)).organizations(name, field))
    return {name for name, one in world.organizations.items() if one in found}


def test_a_carrier_may_act_on_its_own_network_and_forwards_to_others(world: World) -> None:
    review = load_processes()["card_rereview"]
    networks = {"carrier", "other_carrier", "far_carrier", "mvno", "other_mvno"}
    assert named(world, review, "propose_limit", "network", "carrier") == networks
    assert named(world, review, "pass_on", "holder", "carrier") == networks - {"carrier"}


def test_regulators_are_of_the_country_or_of_a_province(world: World) -> None:
    desks = named(world, load_processes()["lead"], "draft", "receivers", "carrier")
    assert desks == {"police", "ministry", "administration", "centre"}
    inspected = named(world, load_processes()["supervision"], "draw", "inspected", "administration")
    assert "carrier" in inspected and "administration" not in inspected


def test_who_left_or_works_elsewhere_is_not_chosen(world: World) -> None:
    own, _other = world.person("carrier", Role.ANALYST), world.person("bank", Role.ANALYST)
    choices = FormChoices(load_processes()["order"], world.viewer("carrier"))
    assert list(choices.people()) == [own]
    own.is_active = False
    own.save()
    world["mvno"].is_active = False
    world["mvno"].save()
    assert not choices.people()
    assert "mvno" not in named(world, load_processes()["card_rereview"], "propose_limit", "network", "carrier")


@pytest.mark.django_db
def test_a_step_cannot_be_sent_without_the_proof_that_its_process_asks_for(world: World) -> None:
    missing = []
    for process in all_processes().values():
        machines = [process, process.legs] if process.legs else [process]
        for event in [event for machine in machines for event in machine.events.values()]:
            files = {name: field for name, field in event.evidence.items() if field.type is FieldType.FILE}
            form = build_evidence_form(files, _choices(world))({}, MultiValueDict())
            missing += [name for name, field in files.items() if field.required and name not in form.errors]
    assert missing == []


@pytest.mark.django_db
def test_a_number_of_a_case_is_checked_in_its_form(world: World) -> None:
    fields = {"case_number": EvidenceField(title=Words("案件编号", "Case number"), type=FieldType.TEXT)}
    form_class = build_evidence_form(fields, _choices(world))
    assert 'pattern="' in str(form_class())
    assert [form_class({"case_number": number}).is_valid() for number in ("A5101232026110001", "立字〔2026〕12号")] == [
        True,
        True,
    ]
    assert [form_class({"case_number": number}).is_valid() for number in ("12", "a case", "no-digits-here")] == [
        False,
        False,
        False,
    ]


@pytest.mark.django_db
def test_an_amount_shows_its_unit_behind_the_field(world: World) -> None:
    fields = {"amount": EvidenceField(title=Words("金额", "Amount"), type=FieldType.NUMBER, unit=Unit("元", "CNY"))}
    shown = str(build_evidence_form(fields, _choices(world))()["amount"])
    assert '<span id="id_amount_unit">CNY</span>' in shown and 'aria-describedby="id_amount_unit"' in shown


@pytest.mark.django_db
def test_nothing_is_chosen_in_advance_for_a_harmful_step(world: World) -> None:
    fields = {
        "banks": EvidenceField(title=Words("银行", "Banks"), type=FieldType.ORGANIZATION, many=True, of=("bank",))
    }
    process, viewer = all_processes()["order"], world.viewer("administration")
    chosen = [
        build_evidence_form(fields, FormChoices(process, viewer, chooses_only_one=chooses))()["banks"].value()
        for chooses in (True, False)
    ]
    assert chosen == [[world["bank"].pk], None]


@pytest.mark.django_db
def test_inputs_fit_what_is_asked_for(world: World) -> None:
    fields = {
        "ends_at": EvidenceField(title=Words("到期", "Ends at"), type=FieldType.MOMENT, within="24h"),
        "victim": EvidenceField(title=Words("受害人", "Victim"), type=FieldType.SUBJECT, kind="phone_number"),
        "numbers": EvidenceField(title=Words("号码", "Numbers"), type=FieldType.SUBJECT, many=True),
    }
    form = build_evidence_form(fields, _choices(world))()
    assert 'min="20' in str(form["ends_at"]) and 'max="20' in str(form["ends_at"])
    assert '<input type="text" name="victim" inputmode="tel"' in str(form["victim"])
    assert form["numbers"].help_text == "One per line"


def test_what_was_done_was_done_now_unless_it_is_still_to_come() -> None:
    fields = {
        "executed_at": EvidenceField(title=Words("执行时间", "Done at"), type=FieldType.MOMENT),
        "ends_at": EvidenceField(title=Words("到期", "Ends at"), type=FieldType.MOMENT, within="24h"),
        "paid_at": EvidenceField(title=Words("付款时间", "Paid at"), type=FieldType.MOMENT, required=False),
    }
    assert list(done_now(fields)) == ["executed_at"]


@pytest.mark.django_db
def test_one_sensible_value_is_chosen_already(world: World) -> None:
    fields = {"holder": EvidenceField(title=Words("单位", "Holder"), type=FieldType.ORGANIZATION, of=("isp",))}
    assert build_evidence_form(fields, _choices(world))()["holder"].value() == world["isp"].pk
