"""URLs of subjects: list, search, one subject, opinions, shares and allowlist."""

from django.urls import path

from fanzha.command.subjects import views

urlpatterns = [
    path("subjects/", views.subjects, name="subjects"),
    path("search/", views.subjects, name="search"),
    path("subjects/paste/", views.paste_numbers, name="paste_numbers"),
    path("subjects/victims/", views.victims, name="victims"),
    path("subjects/opinion/", views.give_first_opinion, name="first_opinion"),
    path("subjects/<slug:ref>/", views.subject, name="subject"),
    path("subjects/<slug:ref>/opinion/", views.give_opinion, name="subject_opinion"),
    path("subjects/<slug:ref>/share/", views.share_subject, name="subject_share"),
    path("subjects/<slug:ref>/spare/", views.propose_for_allowlist, name="subject_spare"),
    path("subjects/shares/<slug:share>/end/", views.end_sharing, name="share_end"),
    path("subjects/opinions/<slug:opinion>/withdraw/", views.withdraw_opinion, name="opinion_withdraw"),
]
