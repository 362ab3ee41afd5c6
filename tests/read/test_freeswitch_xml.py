"""FreeSWITCH mod_xml_cdr: a document a leg, values URL-encoded; nothing declared inside is believed."""

from pathlib import Path

from fanzha.read import ReadContext, ReadResult, find_sources, read_source

TERMS = ReadContext(observed_at=1_772_323_815_000)
LEG = """<?xml version="1.0"?>
<cdr core-uuid="c" switchname="fs">
 <channel_data><state>CS_REPORTING</state><direction>inbound</direction></channel_data>
 <variables>
  <uuid>u1</uuid><start_stamp>2026-03-01%2016%3A59%3A50</start_stamp><start_epoch>1772355590</start_epoch>
  <answer_epoch>1772355600</answer_epoch><end_epoch>1772355660</end_epoch><billsec>60</billsec>
  <hangup_cause>NORMAL_CLEARING</hangup_cause><sip_hangup_disposition>recv_bye</sip_hangup_disposition>
  <sip_h_Diversion>%3Csip%3A19100000009%40h%3E%3Breason%3Dunconditional</sip_h_Diversion>
 </variables>
 <callflow dialplan="XML"><caller_profile><caller_id_number>19100000007</caller_id_number>
 <destination_number>19900000008</destination_number></caller_profile></callflow>
</cdr>
"""


def told(path: Path, text: str) -> ReadResult:
    path.write_text(text)
    (source,) = find_sources([path])
    assert source.format == "freeswitch-xml"
    return read_source(source, TERMS)


def test_a_leg_tells_all_it_knows(tmp_path: Path) -> None:
    whole = told(tmp_path / "a_u1.cdr.xml", LEG)
    (offered,), (ended,) = whole.rows("call_offered"), whole.rows("call_ended")
    assert (offered["caller"], offered["callee"], offered["diversion"]) == (
        "19100000007",
        "+8619900000008",
        "19100000009",
    )
    assert (ended["talk_ms"], ended["released_by"], ended["release_cause"]) == (60_000, "caller", 16)


def test_several_documents_in_one_file(tmp_path: Path) -> None:
    whole = told(tmp_path / "legs.xml", LEG + LEG.replace("u1", "u2") + LEG.replace("</uuid>", "<uuid>"))
    assert (whole.used, [reject.row for reject in whole.rejects]) == (2, [3])


def test_a_document_that_declares_entities_is_refused(tmp_path: Path) -> None:
    bomb = '<!DOCTYPE a [<!ENTITY b "cccc">]>' + LEG.replace('<?xml version="1.0"?>', "")
    whole = told(tmp_path / "legs.xml", LEG + bomb)
    assert (whole.used, [reject.reason for reject in whole.rejects]) == (1, ["has a document type definition (DTD)"])


def test_no_document_of_a_wrapped_file_is_lost(tmp_path: Path) -> None:
    leg = LEG.partition("\n")[2]
    whole = told(tmp_path / "legs.xml", f"<cdrs>\n{leg}{leg.replace('u1', 'u2')}</cdrs>\n")
    assert (whole.used, whole.rejects) == (2, [])


def test_the_earliest_caller_profile_completes_a_leg(tmp_path: Path) -> None:
    profile = "<caller_profile><destination_number>after a transfer</destination_number></caller_profile>"
    later = f"<callflow>{profile}</callflow>"
    whole = told(tmp_path / "legs.xml", LEG.replace(" <callflow", f" {later}\n <callflow"))
    assert whole.rows("call_offered")[0]["callee"] == "+8619900000008"


def test_a_document_cut_off_is_a_reject(tmp_path: Path) -> None:
    whole = told(tmp_path / "legs.xml", LEG + LEG[:200])
    assert (whole.used, [reject.row for reject in whole.rejects]) == (1, [2])
