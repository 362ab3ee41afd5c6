"""URLs of dashboards."""

from django.urls import path

from fanzha.command.dashboards import views

urlpatterns = [
    path("", views.home, name="home"),
    path("province/", views.province, name="province"),
    path("province/<slug:code>/", views.one_province, name="one_province"),
    path("province/urge/<int:leg>/", views.urge, name="urge"),
    path("wall/", views.wall, name="wall"),
    path("wall/<slug:code>/", views.wall, name="wall_province"),
]
