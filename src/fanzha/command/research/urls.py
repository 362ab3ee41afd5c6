"""URL patterns of research."""

from django.urls import path

from fanzha.command.research import views

urlpatterns = [
    path("research/", views.research, name="research"),
    path("research/columns/", views.columns, name="research_columns"),
    path("research/agreements/new/", views.agreement_new, name="research_agreement_new"),
    path("research/agreements/<slug:ref>/", views.agreement, name="research_agreement"),
    path("research/agreements/<slug:ref>/approve/", views.agreement_approve, name="research_agreement_approve"),
    path("research/agreements/<slug:ref>/end/", views.agreement_end, name="research_agreement_end"),
    path("research/models/new/", views.model_new, name="partner_model_new"),
    path("research/models/<slug:ref>/", views.model, name="partner_model"),
    path("research/models/<slug:ref>/decide/", views.model_decide, name="partner_model_decide"),
    path("research/models/<slug:ref>/run/", views.model_run, name="partner_model_run"),
    path("research/models/<slug:ref>/end/", views.model_end, name="partner_model_end"),
    path("research/tables/new/", views.table_new, name="research_table_new"),
    path("research/tables/<slug:ref>/", views.table, name="research_table"),
    path("research/tables/<slug:ref>/decide/", views.table_decide, name="research_table_decide"),
    path("research/tables/<slug:ref>/file/", views.table_file, name="research_table_file"),
]
