"""The form of an event has a field for each piece of evidence, and gives the engine what it reads."""

import os
from hashlib import sha256

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import translation
from django.utils.datastructures import MultiValueDict
from tests.command.people import World

from fanzha.base.words import Words
from fanzha.command.flows.evidence_form import evidence_form
from fanzha.command.organizations.models import Organization, Person
from fanzha.processes.evidence import Field, FieldType, checked
from fanzha.processes.parties import Party

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
    "note": Field(title=Words("备注", "Note"), type=FieldType.TEXT, required=False),
}


@pytest.mark.django_db
def test_what_is_filled_in_is_what_the_engine_checks(world: World) -> None:
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
            "note": "",
        },
        MultiValueDict({"photo": [SimpleUploadedFile("shop.jpg", PHOTO)]}),
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
    }
    assert os.path.exists(f"{os.environ['FANZHA_HOME']}/evidence/{given['photo'][:2]}/{given['photo']}")


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
