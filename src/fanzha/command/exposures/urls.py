"""URL patterns of exposures."""

from django.urls import path

from fanzha.command.exposures import views

urlpatterns = [
    path("exposures/", views.exposures, name="exposures"),
    path("exposures/files/", views.submit, name="exposure_submit"),
    path("exposures/bases/", views.exposure_bases, name="exposure_bases"),
    path("exposures/bases/<slug:ref>/", views.change_exposure_basis, name="exposure_basis_change"),
    path("exposures/cases/<slug:ref>/", views.exposure_case, name="exposure_case"),
    path("exposures/cases/<slug:ref>/warnings/", views.warn, name="exposure_warn"),
]
