"""URL patterns of exports and unmaskings."""

from django.urls import path

from fanzha.command.exports import views

urlpatterns = [
    path("exports/", views.exports, name="exports"),
    path("exports/new/", views.new_export, name="export_new"),
    path("exports/<slug:ref>/", views.export, name="export"),
    path("exports/<slug:ref>/decision/", views.decision, name="export_decision"),
    path("exports/<slug:ref>/file/", views.download, name="export_file"),
    path("unmaskings/", views.unmaskings, name="unmaskings"),
    path("unmask/<slug:ref>/", views.unmask_subject, name="unmask"),
    path("unmask-evidence/<slug:ref>/<int:number>/<slug:name>/", views.unmask_field, name="unmask_evidence"),
    path(
        "unmask-file/<slug:ref>/<int:number>/<slug:name>/<int:place>/", views.unmask_evidence_file, name="unmask_file"
    ),
]
