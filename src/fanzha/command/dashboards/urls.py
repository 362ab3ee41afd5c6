"""URLs of dashboards."""

from django.urls import path

from fanzha.command.dashboards import front_views, help_views, views, work_views

urlpatterns = [
    path("", front_views.front, name="home"),
    path("work/", work_views.work, name="work"),
    path("tour/", help_views.tour, name="tour"),
    path("tour/steps/", help_views.tour_steps, name="tour_steps"),
    path("words/", help_views.words, name="words"),
    path("words/terms/", help_views.terms, name="terms"),
    path("province/", views.province, name="province"),
    path("province/<slug:code>/", views.one_province, name="one_province"),
    path("province/urge/<int:leg>/", views.urge, name="urge"),
    path("wall/", views.wall, name="wall"),
    path("wall/<slug:code>/", views.wall, name="wall_province"),
]
