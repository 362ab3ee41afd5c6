"""Addresses of detection rules."""

from django.urls import path

from fanzha.command.detection_rules import backtest_views, editor_views, views

urlpatterns = [
    path("rules/", views.rule_list, name="detection_rules"),
    path("rules/new/", editor_views.write_rule, name="detection_rule_new"),
    path("rules/check/", editor_views.check_rule, name="detection_rule_check"),
    path("rules/examples/", editor_views.show_examples, name="detection_rule_examples"),
    path("rules/backtests/<slug:ref>/", backtest_views.backtest_detail, name="detection_rule_backtest"),
    path("rules/backtests/<slug:ref>/cancel/", backtest_views.cancel, name="detection_rule_backtest_cancel"),
    path("rules/detectors/<slug:name>/", views.shipped_detail, name="detection_rule_shipped"),
    path("rules/budgets/<slug:rule>/", views.change_budget, name="detection_rule_budget"),
    path("rules/detectors/<slug:name>/copy/", editor_views.copy_shipped, name="detection_rule_copy"),
    path("rules/<slug:text>/", views.rule_detail, name="detection_rule"),
    path("rules/<slug:text>/edit/", editor_views.edit_rule, name="detection_rule_edit"),
    path("rules/<slug:text>/backtests/", backtest_views.run, name="detection_rule_backtest_new"),
    path("rules/<slug:text>/step/", views.move_rule, name="detection_rule_step"),
    path("rules/requests/<slug:ref>/decision/", views.decide_request, name="detection_rule_decision"),
]
