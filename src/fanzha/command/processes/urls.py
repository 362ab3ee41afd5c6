"""Addresses of running processes, their definitions and what one is told."""

from django.urls import path

from fanzha.command.processes import views

urlpatterns = [
    path("processes/", views.listing, name="processes"),
    path("processes/definitions/", views.definitions, name="process_definitions"),
    path("processes/definitions/<slug:name>/", views.definition, name="process_definition"),
    path("processes/definitions/<slug:name>/diagram.svg", views.diagram, name="process_diagram"),
    path("processes/open/<slug:name>/<slug:event>/", views.opening, name="process_open"),
    path("processes/<slug:ref>/", views.detail, name="process"),
    path("processes/<slug:ref>/do/<slug:event>/", views.doing, name="process_do"),
    path("processes/<slug:ref>/files/<slug:name>", views.evidence_file, name="process_file"),
    path("lists/", views.lists, name="lists"),
    path("inbox/", views.inbox, name="inbox"),
    path("inbox/read/", views.mark_read, name="inbox_read"),
    path("notices/", views.notices, name="subject_notices"),
    path("notices/<int:number>/delivered/", views.notice_delivered, name="subject_notice_delivered"),
]
