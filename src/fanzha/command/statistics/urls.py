"""URL patterns of statistics."""

from django.urls import path

from fanzha.command.statistics import public_views, views

urlpatterns = [
    path("figures/", public_views.public_figures, name="public_figures"),
    path("statistics/", views.figure_list, name="statistics"),
    path("statistics/figures/<slug:name>/", views.figure_detail, name="statistics_figure"),
    path("statistics/numbers/", views.outside_numbers, name="outside_numbers"),
    path("statistics/published/", views.publications, name="publications"),
    path("statistics/published/<slug:ref>/", views.decide, name="publication_decide"),
]
