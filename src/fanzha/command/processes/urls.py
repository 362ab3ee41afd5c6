"""URLs of running processes, definitions, lists, notifications and notices."""

from django.urls import path

from fanzha.command.processes import views

urlpatterns = [
    path("processes/", views.process_list, name="processes"),
    path("processes/definitions/", views.definition_list, name="process_definitions"),
    path("processes/definitions/<slug:name>/", views.definition_detail, name="process_definition"),
    path("processes/definitions/<slug:name>/diagram.svg", views.definition_diagram, name="process_diagram"),
    path("processes/open/<slug:name>/<slug:event>/", views.process_open, name="process_open"),
    path("processes/<slug:ref>/", views.process_detail, name="process"),
    path("processes/<slug:ref>/do/<slug:event>/", views.take_step, name="process_do"),
    path("processes/<slug:ref>/files/<slug:name>", views.evidence_file, name="process_file"),
    path("lists/", views.public_lists, name="lists"),
    path("inbox/", views.inbox, name="inbox"),
    path("inbox/<int:number>/", views.open_message, name="inbox_open"),
    path("inbox/read/", views.mark_read, name="inbox_read"),
    path("notices/<int:number>/delivered/", views.deliver_notice, name="subject_notice_delivered"),
]
