"""What went wrong outside any page, as pages; under ``/api/`` as problem details.

Handlers of Django: for an address that is none of ours (404), for what may not be done (403), a
form that did not come from our page (CSRF), no proper request (400), and a fault of ours (500).
None of them asks for more than is there: where nobody could be made out, none is greeted.
"""

from __future__ import annotations

from typing import Final

from django.http import HttpRequest, HttpResponse
from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

from comity.web import problems
from comity.web.pages.kit.pages import Page, Sheet, show_sheet, sit_down
from comity.web.permissions import Permission

_API: Final = "/api/"
_p: Final = pgettext_lazy


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer for an address that is none of ours."""
    if request.path.startswith(_API):
        return problems.not_found(request, exception)
    return _show(
        request,
        404,
        _p("error", "There is nothing at this address"),
        _p("error", "It may have been mistyped, or the page may be called something else now."),
        _p("error", "Begin at the first page, or look for the dossier by its reference."),
    )


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer for what may not be done."""
    del exception
    return _show(
        request,
        403,
        _p("error", "This may not be done from here"),
        _p("error", "None of your roles may do it, or it was asked in a way that is refused."),
        _p(
            "error", "Choose another role at the top of the page, or ask somebody whose role it is."
        ),
    )


def forged(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer for a form that was not sent from a page of ours, or from one that is too old."""
    del reason
    if request.path.startswith(_API):
        return problems.say_problem(403, "web/forged", "This form was not sent from our page.")
    return _show(
        request,
        403,
        _p("error", "This form cannot be taken"),
        _p(
            "error",
            "It was opened before you signed in or out, or it was not sent from a page of this "
            "desk. Nothing was done.",
        ),
        _p("error", "Go back, load the page anew and send the form again."),
    )


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer for what is no proper request."""
    if request.path.startswith(_API):
        return problems.bad_request(request, exception)
    return _show(
        request,
        400,
        _p("error", "This request cannot be understood"),
        _p("error", "It is longer than this page takes, or not what a browser sends."),
        _p("error", "Go back and try again with less, or with shorter texts."),
    )


def broken(request: HttpRequest) -> HttpResponse:
    """Answer where we ourselves are at fault; the log says more."""
    if request.path.startswith(_API):
        return problems.broken(request)
    return _show(
        request,
        500,
        _p("error", "Something went wrong on our side"),
        _p("error", "It is in the log. What was signed and kept before is kept."),
        _p("error", "Try again; if it happens again, tell whoever runs this node at what time."),
    )


def _show(
    request: HttpRequest, status: int, title: Promise, says: Promise, remedy: Promise
) -> HttpResponse:
    made = Page(
        path="",
        name="",
        title=title,
        permission=Permission.PUBLIC,
        takes_posts=False,
        room="",
    )
    if not (hasattr(request, "user") and hasattr(request, "session")):
        # It failed before it was known who asks: the page would ask for both.
        return _show_bare(status, title, says, remedy)
    sheet = Sheet(template="kit/fault.html", values={"says": says, "remedy": remedy}, status=status)
    try:
        return show_sheet(sit_down(request, Permission.PUBLIC), made, sheet)
    except Exception:  # noqa: BLE001 # what is broken may be what a page needs
        return _show_bare(status, title, says, remedy)


def _show_bare(status: int, title: Promise, says: Promise, remedy: Promise) -> HttpResponse:
    body = (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{title} · Comity</title>'
        f'<main><h1>{title}</h1><p>{says}</p><p>{remedy}</p><p><a href="/">Comity</a></p></main>'
    )
    return HttpResponse(body, status=status)
