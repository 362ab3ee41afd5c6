"""Addresses of tracebacks."""

from django.urls import path

from fanzha.command.call_traceback import views

urlpatterns = [
    path("tracebacks/", views.traceback_list, name="tracebacks"),
    path("tracebacks/new/", views.traceback_new, name="traceback_new"),
    path("tracebacks/trunks/", views.trunks, name="traceback_trunks"),
    path("tracebacks/links/", views.links, name="traceback_links"),
    path("tracebacks/links/<slug:partner>/", views.link, name="traceback_link"),
    path("tracebacks/links/<slug:partner>/key/", views.link_key, name="traceback_link_key"),
    path("tracebacks/process/<slug:ref>/", views.traceback_process, name="traceback_process"),
    path("tracebacks/<slug:ref>/", views.traceback_detail, name="traceback"),
]
