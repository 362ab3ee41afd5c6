"""URL patterns of statistics."""

from django.urls import path

from fanzha.command.statistics import form_views, public_views, views

urlpatterns = [
    path("figures/", public_views.public_figures, name="public_figures"),
    path("statistics/", views.figure_list, name="statistics"),
    path("statistics/figures/<slug:name>/", views.figure_detail, name="statistics_figure"),
    path("statistics/numbers/", views.outside_numbers, name="outside_numbers"),
    path("statistics/forms/", form_views.form_list, name="statistical_forms"),
    path("statistics/forms/sums/<slug:name>/", form_views.form_sum, name="form_sum"),
    path("statistics/forms/<slug:ref>/", form_views.form_detail, name="statistical_form"),
    path("statistics/forms/<slug:ref>/csv/", form_views.form_csv, name="statistical_form_csv"),
    path("statistics/forms/<slug:ref>/sheet/", form_views.form_sheet, name="statistical_form_sheet"),
    path("statistics/published/", views.publications, name="publications"),
    path("statistics/published/<slug:ref>/", views.decide, name="publication_decide"),
]
