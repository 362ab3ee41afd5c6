"""Whatever people do on pages, programs can do by API: every page that takes something in has its route."""

import inspect

from tests.command.access.routes import OPEN, addresses, api_routes

#: Pages that change nothing but how one person sees the site.
OF_ONE_PERSON = {"choose_language", "choose_organization", "choose_theme"}
#: Page by name -> the routes of the API that do what it does.
ROUTES = {
    "app_samples": ["POST app_samples/"],
    "app_sample_download": ["POST app_samples/{ref}/download"],
    "app_sample_erase": ["DELETE app_samples/{ref}/file"],
    "app_sample_hand_on": ["POST app_samples/{ref}/indicator"],
    "appeal_decide": ["POST flows/instances/{ref}/events/{event}"],
    "api_key_new": ["POST organizations/keys"],
    "api_key_revoke": ["DELETE organizations/keys/{number}"],
    "board_move": ["POST shifts/assignments"],
    "bulletin_draft": ["POST bulletins/"],
    "bulletin_text": ["PUT bulletins/{ref}/texts/{section}/{language}"],
    "campaign_act": ["POST campaigns/{ref}/actions"],
    "campaign_bulk": ["POST campaigns/actions"],
    "campaign_bulk_retry": ["POST campaigns/actions"],
    "campaign_move": ["POST campaigns/{ref}/move", "POST campaigns/{ref}/merge"],
    "campaign_undo": ["POST campaigns/actions/{together}/undo"],
    "comment": ["POST collaboration/topics/{kind}/{ref}/comments"],
    "comment_withdraw": ["POST collaboration/comments/{ref}/withdraw"],
    "detection_rule_backtest_cancel": ["POST detection_rules/backtests/{ref}/cancel"],
    "detection_rule_backtest_new": ["POST detection_rules/texts/{text}/backtests"],
    "detection_rule_budget": ["PUT detection_rules/budgets/{rule}"],
    "detection_rule_check": ["POST detection_rules/check"],
    "detection_rule_copy": ["POST detection_rules/texts"],
    "detection_rule_decision": ["POST detection_rules/requests/{ref}/decision"],
    "detection_rule_edit": ["POST detection_rules/texts"],
    "detection_rule_examples": ["POST detection_rules/examples"],
    "detection_rule_new": ["POST detection_rules/texts"],
    "detection_rule_step": ["POST detection_rules/texts/{text}/steps"],
    "digest": ["PUT shifts/digest"],
    "duties": ["POST organizations/duties"],
    "duty_end": ["DELETE organizations/duties/{number}"],
    "education_edit": ["PUT education/items/{ref}/text"],
    "education_new": ["POST education/items"],
    "education_paper": ["POST education/papers"],
    "education_set": ["POST education/set/submit", "POST education/set/approve"],
    "education_submit": ["POST education/items/{ref}/submit"],
    "evidence_check": ["POST evidence/checks"],
    "evidence_pack": ["POST evidence/packs"],
    "exchange_collection": ["POST exchange/collections/{ref}/readers"],
    "exchange_collection_new": ["POST exchange/collections"],
    "exchange_collection_retire": ["DELETE exchange/collections/{ref}"],
    "exchange_feed": ["PATCH exchange/feeds/{ref}"],
    "exchange_feed_end": ["DELETE exchange/feeds/{ref}"],
    "exchange_feed_new": ["POST exchange/feeds"],
    "exchange_reader_end": ["DELETE exchange/collections/{ref}/readers/{number}"],
    "export_decision": ["POST exports/exports/{ref}/decision"],
    "export_file": ["POST exports/exports/{ref}/file"],
    "export_new": ["POST exports/exports"],
    "first_opinion": ["POST subjects/opinions"],
    "handover": ["POST shifts/handovers"],
    "health_retry": ["POST health/jobs/{ident}/retry"],
    "import_approve": ["POST imports/jobs/{ref}/approve"],
    "import_new": ["POST imports/tables/{table}/file", "POST imports/tables/{table}/rows"],
    "import_withdraw": ["POST imports/jobs/{ref}/withdraw"],
    "inbox_read": ["POST flows/messages/read"],
    "invitation_withdraw": ["DELETE organizations/invitations/{number}"],
    "limit_notice_appeal": ["POST notices/{ref}/appeal"],
    "limit_notice_delivered": ["POST notices/{ref}/deliveries"],
    "limit_notice_find": ["POST notices/find"],
    "limit_notice_print": ["POST notices/{ref}/print"],
    "opinion_withdraw": ["POST subjects/opinions/{opinion_id}/withdraw"],
    "order_acknowledge": ["POST flows/instances/{ref}/events/{event}"],
    "order_approve": ["POST flows/instances/{ref}/events/{event}"],
    "order_done": ["POST orders/{ref}/legs/{leg}/done"],
    "order_endpoint": ["PUT orders/endpoints/{channel}"],
    "order_endpoint_key": ["POST orders/endpoints/{channel}/key"],
    "order_endpoint_try": ["POST orders/endpoints/{channel}/try"],
    "order_measure": ["POST orders/{ref}/measurements"],
    "order_new": ["POST orders/"],
    "order_preview": ["POST orders/impact"],
    "order_send_again": ["POST orders/sendings/{number}/again"],
    "order_targets": ["POST orders/{ref}/targets"],
    "order_urge": ["POST orders/{ref}/legs/{leg}/urge"],
    "organization": ["PUT organizations/organizations/{ref}"],
    "organization_administrator": ["POST organizations/organizations/{ref}/administrator"],
    "organization_new": ["POST organizations/organizations"],
    "outside_numbers": ["POST statistics/numbers"],
    "palette": ["POST subjects/lookup", "GET campaigns", "GET flows/instances"],
    "paste_numbers": ["POST subjects/lookup", "POST subjects/opinions/bulk"],
    "person_act": [
        "PUT organizations/people/{ref}/roles",
        "POST organizations/people/{ref}/suspend",
        "DELETE organizations/people/{ref}/second-factor",
        "DELETE organizations/people/{ref}/sessions",
    ],
    "person_invite": ["POST organizations/invitations"],
    "process_do": ["POST flows/instances/{ref}/events/{event}", "POST flows/files"],
    "process_file": ["GET flows/instances/{ref}/files/{name}"],
    "process_open": ["POST flows/instances"],
    "picture_assessment_change": [
        "POST reports/assessments/{ref}/approve",
        "DELETE reports/assessments/{ref}",
    ],
    "picture_assessments": ["POST reports/assessments"],
    "publication_decide": ["POST statistics/publications/{ref}/decision"],
    "publications": ["POST statistics/publications"],
    "report_contact": ["POST reports/{ref}/contact"],
    "report_new": ["POST reports/", "POST reports/bulk"],
    "report_picture": ["POST reports/{ref}/pictures/{number}"],
    "report_picture_pass_on": ["POST flows/instances/{ref}/events/{event}"],
    "report_protection": ["POST flows/instances"],
    "report_reward": ["POST flows/instances"],
    "report_open": ["POST reports/{ref}/open"],
    "review_folder": ["POST reviews/samples/{ref}/folder"],
    "review_mark": ["POST reviews/samples/{ref}/marks"],
    "review_sample_new": ["POST reviews/samples"],
    "review_release": ["POST reviews/samples/{ref}/release"],
    "review_sheet": ["POST reviews/samples/{ref}/marks", "POST reviews/samples/{ref}/sheet"],
    "saved_view_change": ["PATCH saved_views/{ref}", "DELETE saved_views/{ref}"],
    "saved_view_save": ["POST saved_views"],
    "share_end": ["POST subjects/shares/{share}/end"],
    "signal_bases": ["POST number_signals/bases"],
    "signal_basis_change": ["POST number_signals/bases/{ref}/approve", "DELETE number_signals/bases/{ref}"],
    "site_candidate_decide": [
        "POST site_watch/candidates/{ref}/dismissal",
        "POST site_watch/candidates/{ref}/process",
    ],
    "statistical_form": ["PUT statistics/forms/{ref}/values/{field}"],
    "statistical_form_sheet": ["POST statistics/forms/{ref}/sheets"],
    "subject_notice_delivered": ["POST flows/notices/{number}/delivered"],
    "subject_opinion": ["POST subjects/{ref}/opinions"],
    "subject_share": ["POST subjects/{ref}/shares"],
    "subject_spare": ["POST subjects/{ref}/spared"],
    "tag_dispute_decide": ["POST number_tags/disputes/{ref}/decision"],
    "tag_disputes": ["POST number_tags/codes"],
    "topic_subscription": ["PUT collaboration/topics/{kind}/{ref}/subscription"],
    "unmask": ["POST exports/unmask"],
    "unmask_evidence": ["POST exports/unmask-evidence"],
    "unmask_file": ["POST exports/unmask-file"],
    "urge": ["POST orders/{ref}/legs/{leg}/urge"],
    "webhook_again": ["POST webhooks/subscriptions/{ref}/deliveries/{number}/again"],
    "webhook_change": [
        "PATCH webhooks/subscriptions/{ref}",
        "DELETE webhooks/subscriptions/{ref}",
        "POST webhooks/subscriptions/{ref}/key",
    ],
    "hosted_sites_look": ["POST hosting/looks"],
    "overseas_choices": ["POST warnings/overseas-choices", "POST warnings/overseas-choices/state"],
    "overseas_choice_end": ["POST warnings/overseas-choices/end"],
    "wording": ["POST warnings/wordings", "POST warnings/trials"],
    "wording_check": ["POST warnings/wordings"],
    "wording_decide": ["POST warnings/wordings/{ref}/decision"],
    "wording_trial_act": ["POST warnings/trials/{ref}/act"],
    "webhooks": ["POST webhooks/subscriptions"],
}


def _pages_that_take_something() -> set[str]:
    """Return the names of pages that something is sent to, as their source says, and of those that give out a file."""
    found = {"process_file"}
    for _address, pattern in addresses():
        view = inspect.unwrap(pattern.callback)
        if view.__module__.startswith("fanzha.command.") and "POST" in inspect.getsource(view):
            found.add(pattern.name or "")
    return found - OF_ONE_PERSON - OPEN.keys()


def test_every_page_that_takes_something_has_its_route() -> None:
    assert _pages_that_take_something() == ROUTES.keys()


def test_every_route_is_there() -> None:
    known = {f"{route.method} {route.address.removeprefix('api/v1/')}" for route in api_routes()}
    assert {route for routes in ROUTES.values() for route in routes} <= known
