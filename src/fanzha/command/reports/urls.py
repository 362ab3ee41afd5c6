"""Addresses of the public pages, of the public interface and of the desk."""

from django.urls import path

from fanzha.command.reports import picture_views, public_api, public_views, views

urlpatterns = [
    path("report/", public_views.public_start, name="public_start"),
    path("report/new/", public_views.public_report, name="public_report"),
    path("report/follow/", public_views.public_follow, name="public_follow"),
    path("report/api/challenge", public_api.challenge, name="public_report_challenge"),
    path("report/api/reports", public_api.reports, name="public_report_api"),
    path("report/api/follow", public_api.follow, name="public_report_api_follow"),
    path("reports/", views.report_list, name="reports"),
    path("reports/new/", views.new_report, name="report_new"),
    path("reports/pictures/", picture_views.picture_assessments, name="picture_assessments"),
    path("reports/pictures/<slug:ref>/", picture_views.change_picture_assessment, name="picture_assessment_change"),
    path("reports/<slug:ref>/", views.report_detail, name="report"),
    path("reports/<slug:ref>/open/", views.open_held, name="report_open"),
    path("reports/<slug:ref>/contact/", views.show_contact, name="report_contact"),
    path(
        "reports/<slug:ref>/pictures/<int:number>/pass-on/",
        picture_views.pass_picture_text_on,
        name="report_picture_pass_on",
    ),
    path("reports/<slug:ref>/reward/", views.propose_report_reward, name="report_reward"),
    path("reports/<slug:ref>/protection/", views.ask_report_protection, name="report_protection"),
    path("reports/<slug:ref>/pictures/<int:number>/", views.show_picture, name="report_picture"),
]
