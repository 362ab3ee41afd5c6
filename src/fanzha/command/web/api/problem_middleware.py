"""Return problem documents for all errors below /api/, including those outside routes."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from fanzha.command.web.api.problems import CONTENT_TYPE, Problem, kind_of, problem_response


class ProblemMiddleware:
    """Replace error pages (wrong host or method, body too large, server error) with problems."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Handle the request."""
        answer = self.get_response(request)
        if not request.path.startswith("/api/") or answer.status_code < 400:
            return answer
        if answer.get("Content-Type", "").startswith(CONTENT_TYPE):
            return answer
        made = problem_response(Problem(kind_of(answer.status_code)))
        made.status_code = answer.status_code
        for name in ("Allow", "Retry-After"):
            if name in answer:
                made[name] = answer[name]
        return made
