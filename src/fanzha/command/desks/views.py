"""The desks' first pages."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from fanzha.command.organizations.access import signed_in


@signed_in
def home(request: HttpRequest) -> HttpResponse:
    """Lead a person to his desk."""
    return render(request, "desks/home.html")
