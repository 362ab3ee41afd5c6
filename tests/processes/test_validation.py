"""What must hold of a process before it may run: each fault is made in a process that is right, and found."""

import pytest

from fanzha.processes import all_processes, describe_undeclared_steps, parse_process
from fanzha.processes._yaml.faults import WrongText

ORDER = all_processes()["order"].text
REGISTRATION = all_processes()["registration"].text
ANNUAL, CASE, NUMBER, CARD, INDICATOR = (
    all_processes()[name].text
    for name in ("annual_report", "caller_case", "police_case_number", "iot_card", "indicator")
)


def faults(text: str, *changes: tuple[str, str]) -> str:
    """What is told of a text after some changes, each of which applies."""
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new, 1)
    with pytest.raises(WrongText) as caught:
        parse_process(text, "order.yaml")
    return str(caught.value)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("[待批准, Waiting for approval]", "[Waiting, Waiting for approval]", "not one text in both languages"),
        ("who: [owner.analyst]", "who: [owner.astronaut]", "names no party or no role"),
        ("who: [owner.analyst]", "who: [bank.inspector]", "has no such role"),
        ("who: [owner.analyst]", "who: []", "nobody may do it"),
        ("basis: [N18.5, ATF32]", "basis: [ATF999]", "no basis 'ATF999'"),
        ("basis: [N18.5, ATF32]", "basis: []", "no basis is named"),
        ("other_than: [draft, revise]", "other_than: [drift]", "no event 'drift'"),
        ("unit: [个对象, subjects, subject]}", "}", "a number has a unit"),
        ("required_with: notice_withheld_until", "required_with: nothing", "required_with names no field"),
        ("only_by: police", "only_by: astronomers", "only_by names no kind"),
        ("subjects, subject]}", "subjects, subject], not_below: scope}", "not_below names no number"),
        ("subjects, subject]}", "subjects, subject], not_above: sky}", "not_above names no number"),
        (
            "many: true, personal: true, internal: true}",
            "many: true, personal: true, internal: true, least: 1}",
            "`least` says of how many",
        ),
        (
            "many: true, personal: true, internal: true}",
            "many: true, personal: true, internal: true, hidden_until: dusk}",
            "there is no event 'dusk'",
        ),
        ("opens_legs: receivers", "opens_legs: people", "is no kept field"),
        ("legs_do: [cancel, release]", "legs_do: [cancel, fly]", "no event 'fly'"),
        ("forwards_to: holder", "forwards_to: cause", "required field of type organization"),
        (
            "many: true, personal: true, internal: true}",
            "many: true, personal: true, internal: true, keep: true}",
            "kept",
        ),
        ("owners: [regulator", "owners: [astronomer", "no kind of organisation 'astronomer'"),
    ],
)
def test_names_stand_for_something(old: str, new: str, message: str) -> None:
    assert message in faults(ORDER, (old, new))


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("to: dropped", "to: gone", "there is no state 'gone'"),
        ("from: [drafted]", "from: [closed]", "is an end: nothing leaves it"),
        ("while: [returned]", "while: [drafted]", "nothing happens here when nobody acts"),
        ("start: sent", "start: send", "there is no state 'send'"),
        (
            "legs: [excused], from: [issued, attention], fire: nobody_acted",
            "legs: [excused], from: [issued], fire: x",
            "x",
        ),
        ("{when: all, legs: [verified", "{when: most, legs: [verified", "`when` is all or any"),
        ("waits: [措施有效期间保持", "waits: [措施有效期间保持", ""),
    ],
)
def test_ways_lead_from_the_beginning_to_an_end(old: str, new: str, message: str) -> None:
    if message:
        assert message in faults(ORDER, (old, new))
    else:
        assert parse_process(ORDER.replace(old, new)).name == "order"


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("span: 10min", "span: soon", "soon"),
        (
            "while: [drafted]\n    span: 10min",
            "while: [drafted]\n    after: [draft]\n    span: 10min",
            "`while` in states, or",
        ),
        ("longest: 2h", "longest: 1h", "more than the longest"),
        ("chosen_by: kind_here", "chosen_by: action", "a kept choice, with a span for each"),
        ("spans: {number: 30min, ", "spans: {", "a kept choice, with a span for each"),
        ("since: expires_at", "since: target_kind", "is not a moment that some event keeps"),
        ("passes: [{fire: lapse}]", "passes: []", "nothing happens when it passes"),
        ("passes: [{fire: lapse}]", "passes: [{fire: approve}]", "not an event that the system may fire"),
        ("span: 3d\n    calendar: business", "span: 90min\n    calendar: business", "whole days or hours"),
        ("{after: 1h, escalate: regulator}", "{escalate: regulator}", "each further one `after` a span"),
    ],
)
def test_deadlines_can_be_counted_and_something_comes_of_them(old: str, new: str, message: str) -> None:
    assert message in faults(ORDER, (old, new))


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            "who: [owner.reviewer]\n    other_than: [draft, revise]",
            "who: [system]",
            "may not limit anybody: a human does",
        ),
        ("  until: expires_at\n", "", "`period`, or the moment `until`"),
        (
            "closed: {title: [已结束, Closed], end: true}",
            "closed: {title: [已结束, Closed], end: true, limiting: true}",
            "cannot limit",
        ),
        ("undo: {by: roll_back, proof: true}", "undo: {by: renew, proof: true}", "must be an event from"),
        ("    undo: {by: roll_back, proof: true}\n", "", "what is published can be withdrawn"),
        ("within: 24h", "within: 48h", "within 24h at most"),
        ("span: 2h\n    longest: 2h", "span: 2h", "lets it lapse"),
        ("effects: [withdraw_decision, notify_subject]", "effects: [withdraw_decision]", "free again must be told"),
    ],
)
def test_limits_on_people_keep_the_law(old: str, new: str, message: str) -> None:
    assert message in faults(ORDER, (old, new))


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("term_ends_at: {title: [期限届满, Term ends at]", "ends_at: {title: [期限届满, Term ends at]", "since"),
        ("effects: [notify_owner, notify_subject]", "effects: [publish_list_entry, notify_subject]", "can appeal"),
        ("effects: [notify_owner, notify_subject]", "effects: [publish_list_entry, notify_subject]", "for a term"),
    ],
)
def test_lists_have_a_term_and_a_remedy(old: str, new: str, message: str) -> None:
    assert message in faults(ANNUAL, (old, new))


def test_what_is_listed_is_taken_off_again() -> None:
    with pytest.raises(WrongText, match="nothing takes the entry off the list"):
        parse_process(ANNUAL.replace("withdraw_list_entry, ", ""))


def test_whoever_is_limited_can_appeal_from_everywhere() -> None:
    asking = "who: [subject, owner.clerk, operator.clerk, platform.clerk, regulator.clerk]"
    assert asking in ORDER
    assert "cannot appeal from here" in faults(ORDER.replace(asking, "who: [owner.clerk]"))


def test_a_mirrored_process_is_moved_by_imports_only() -> None:
    assert "data: mirrored" in REGISTRATION
    assert "moved by imports only" in faults(REGISTRATION, ("who: [import]", "who: [owner.clerk]"))


@pytest.mark.parametrize(
    ("text", "old", "new", "message"),
    [
        (ANNUAL, ", standing: subject}", "}", "no field names the subject"),
        (ORDER, "type: subject, standing: subject", "type: subject", "on what?"),
        (ORDER, "subject, owner.clerk, operator.clerk, platform.clerk, regulator.clerk", "subject", "not work on the"),
        (ANNUAL, "who: [owner.inspector]", "who: [owner.inspector, system]", "nobody is system of what has not begun"),
        (CASE, "who: [owner.analyst]", "who: [owner.analyst, import]", "imports move mirrored processes only"),
        (INDICATOR, "of: [brand], takes_part: true", "of: [brand]", "brand does not see the process"),
        (CASE, "[notify_police, notify_regulator]", "[notify_regulator]", "police does not see the process"),
        (NUMBER, "many: true, takes_part: true}", "many: true}", "to whom?"),
        (NUMBER, "effects: [set_case_status, share", "effects: [notify_named, share", "is told without it"),
        (
            NUMBER,
            "effects: [set_case_status, share",
            "effects: [notify_applicant, share",
            "no field names the applicant",
        ),
    ],
)
def test_whoever_is_named_can_act(text: str, old: str, new: str, message: str) -> None:
    assert message in faults(text, (old, new))


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("instead: {critical: import_s", "instead: {rule: import_s", "'rule' is no yes-or-no field"),
        ("instead: {critical: import_suspension_against_rule", "instead: {critical: fly", "'fly' is no event that can"),
        ("instead: {critical: import_suspension_against_rule", "instead: {critical: import_appeal", "the same states"),
        ("decided_by: {title: [决定人, Decided by], type: text, required: false}", "", "must have all its fields"),
    ],
)
def test_what_happens_in_place_of_an_event_can_happen_there(old: str, new: str, message: str) -> None:
    whole = ("      " + old + "\n", "") if not new else (old, new)
    assert message in faults(CARD, whole)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("kind: trunk}", "kind: tree}", "there is no kind of thing 'tree'"),
        ("kind: trunk}", "takes_part: true}", "only an organization takes part"),
        ("kind: trunk}", "standing: system}", "nobody is named as system"),
        ("chosen_by: line_kind, ", "", "`kinds` for each choice"),
        ("chosen_by: line_kind", "chosen_by: colour", "chosen_by names no field"),
        ("of: [operator, isp, partner]", "of: [astronomer]", "no kind of organisation 'astronomer'"),
        (
            "range: {title: [号段, Number range], type: text",
            "range: {title: [号段, N], type: text, kind: trunk",
            "of a",
        ),
        (
            "range: {title: [号段, Number range], type: text",
            "range: {title: [号, N], type: text, standing: subject",
            "or a",
        ),
    ],
)
def test_what_a_field_names_is_said_whole(old: str, new: str, message: str) -> None:
    assert message in faults(CASE, (old, new))


@pytest.mark.parametrize("name", sorted(all_processes()))
def test_shipped_processes_declare_all_their_steps(name: str) -> None:
    assert describe_undeclared_steps(all_processes()[name], f"{name}.yaml") == ()


@pytest.mark.parametrize(
    ("step", "old", "new", "message"),
    [
        (
            "withdraw_draft",
            '    done: ["草稿已撤销", "The draft was withdrawn"]\n',
            "",
            "nothing is said once the step is taken",
        ),
        ("approve", "    harmful: true\n", "", "it limits somebody"),
        ("roll_back", "    harmful: true\n", "", "it undoes what another step did"),
        ("withdraw_draft", "    harmful: true\n", "", "one press ends the process"),
        ("issue_emergency", "    rare: true\n", "", "an emergency is an exception"),
        (
            "propose_renewal",
            "    rare: true\n",
            "    rare: true\n    primary: true\n",
            "a rare step is not the main one",
        ),
        ("send_back", "    done: [", "    primary: true\n    done: [", "'approve' is the main step of owner.reviewer"),
        ("expire", "    from: [", "    rare: true\n    from: [", "no person takes this step"),
    ],
)
def test_a_step_that_is_not_declared_is_a_warning_and_not_a_fault(step: str, old: str, new: str, message: str) -> None:
    before, after = ORDER.split(f"\n  {step}:\n", 1)
    changed = parse_process(f"{before}\n  {step}:\n{after.replace(old, new, 1)}")
    (warning,) = describe_undeclared_steps(changed, "order.yaml")
    assert message in warning and "order.yaml:" in warning and "\n  " in warning


HINT, STOP, HELP = (all_processes()[name].text for name in ("risk_hint", "stop_payment", "dissuasion"))


@pytest.mark.parametrize(
    ("text", "old", "new", "message"),
    [
        (ORDER, "  carries: {targets: true}\n", "", "`carries` is missing: what goes out to the receivers"),
        (ORDER, "carries: {targets: true}", "carries: {}", "legs carry either requests"),
        (ORDER, "{targets: true}", "{targets: true, by_hand: [由人办理, By hand]}", "legs carry either requests"),
        (HINT, "      told: {title: [核实", "      tald: {title: [核实", "a leg is sent in 'told'"),
        (HINT, "      told: {title: [核实", "      tald: {title: [核实", "there is no state 'tald' of the legs"),
        (HINT, "action: check_hint, fields: [reason]", "action: Check, fields: [reason]", "'Check' is no word"),
        (HINT, "fields: [reason], undo", "fields: [weather], undo", "there is no evidence 'weather'"),
        (HINT, "personal: [customer, accounts]", "personal: [accounts]", "'customer' is personal data"),
        (HINT, "personal: [customer, accounts]", "personal: [customer, accounts, what]", "'what' is no personal field"),
        (HINT, "executed: report,", "done: report,", "'done' is no answer"),
        (HINT, "executed: report,", "executed: call_back,", "no event of the legs that a receiver may fire"),
        (HINT, "executed: report,", "executed: pass_on,", "only `forwarded` forwards a leg"),
        (STOP, "fields: [accounts, amount, paid_at", "fields: [accounts, amount, victim", "'victim' is personal data"),
        (
            STOP,
            "{accounts: next_accounts, amount: amount}",
            "{accounts: moon, amount: amount}",
            "is not a field of the request",
        ),
        (HELP, "personal: [about, person", "personal: [person", "the subject may be a person"),
        (HELP, "{visit_note: [police]}", "{visit_note: [astronomers]}", "and kinds of organisation"),
    ],
)
def test_what_legs_carry_is_said_and_personal_data_goes_out_by_name_only(
    text: str, old: str, new: str, message: str
) -> None:
    assert message in faults(text, (old, new))


def test_a_stored_text_from_before_runs_on_and_legs_may_be_carried_out_by_hand() -> None:
    before = ORDER.replace("  carries: {targets: true}\n", "")
    assert parse_process(before, is_stored=True).name == "order"
    by_hand = HINT[: HINT.index("  carries:")] + "  carries: {by_hand: [银行无系统对接, No bank has a system]}\n"
    by_hand += HINT[HINT.index("  states:\n    told:") :]
    assert parse_process(by_hand).legs is not None


@pytest.mark.parametrize(
    ("step", "documents", "message"),
    [
        ("approve", "{inspection_record: [weather]}", "no event of the process has a field 'weather'"),
        ("approve", "{inspection_record: [subjects]}", "'subjects' is personal, internal or hidden"),
        ("send_back", "{notice: [], inspection_record: []}", "this step gives nobody notice"),
        ("approve", "{proof_of_service: []}", "nothing is served"),
        ("approve", "{diploma: []}", "Invalid enum value 'diploma'"),
    ],
)
def test_documents_state_what_there_is_and_all_may_read(step: str, documents: str, message: str) -> None:
    text = ORDER.replace("    documents:\n      notice: []\n      proof_of_service: []\n", "")
    assert message in faults(text, (f"\n  {step}:\n", f"\n  {step}:\n    documents: {documents}\n"))


def test_documents_are_named_at_a_step_of_the_process_and_ask_for_no_effect() -> None:
    leg = ("\n    acknowledge:\n", "\n    acknowledge:\n      documents: {inspection_record: []}\n")
    assert "a leg produces no documents" in faults(ORDER, leg)
    effect = ("effects: [publish_decision]", "effects: [publish_decision, issue_documents]")
    assert "documents are issued without it" in faults(ORDER, effect)
