"""URL patterns of the watch of new sites."""

from django.urls import path

from fanzha.command.site_watch import views

urlpatterns = [
    path("new-sites/", views.candidates, name="site_candidates"),
    path("new-sites/logs/", views.logs, name="site_watch_logs"),
    path("new-sites/<slug:ref>/", views.decide, name="site_candidate_decide"),
]
