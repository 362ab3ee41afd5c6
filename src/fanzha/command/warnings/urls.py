"""URL patterns of warnings."""

from django.urls import path

from fanzha.command.warnings import overseas_views, views

urlpatterns = [
    path("overseas-choices/", overseas_views.overseas, name="overseas_choices"),
    path("overseas-choices/end/", overseas_views.overseas_end, name="overseas_choice_end"),
    path("wordings/", views.wordings, name="wordings"),
    path("wordings/<slug:fraud_type>/<slug:channel>/", views.wording, name="wording"),
    path("wording-checks/<slug:channel>/", views.wording_check, name="wording_check"),
    path("wording-versions/<slug:ref>/", views.wording_decide, name="wording_decide"),
    path("wording-trials/<slug:ref>/", views.wording_trial, name="wording_trial"),
    path("wording-trials/<slug:ref>/act/", views.wording_trial_act, name="wording_trial_act"),
]
