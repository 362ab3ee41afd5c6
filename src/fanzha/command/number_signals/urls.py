"""URL patterns of number signals."""

from django.urls import path

from fanzha.command.number_signals import views

urlpatterns = [
    path("oauth2/token", views.token, name="oauth2_token"),
    path("camara/<path:operation>", views.camara_operation, name="camara"),
    path("signal-bases/", views.bases, name="signal_bases"),
    path("signal-bases/<slug:ref>/", views.change_basis, name="signal_basis_change"),
]
