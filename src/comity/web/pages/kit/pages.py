"""Pages as routes: each has an address, a name, a title, and the permission that it names.

A page is made by ``page`` and in no other way::

    @page("dossiers/<str:dossier>", Permission.DOSSIER_READ, name="dossier", title=_("Dossier"))
    def show(seat: Seat, dossier: str) -> Answer:
        return Sheet("dossier/show.html", {"dossier": …}, title=…)

In this order it is checked: who signed in (else: to the page for that), the role chosen, the
permission that the page names (403), the method (405). What raises an error of our family is
answered by a page that says what went wrong and what to do next.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import wraps
from typing import Any, Final

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import URLPattern, path
from django.utils.functional import Promise

from comity.base import Digest
from comity.base.errors import ComityError, NotPermitted
from comity.service.node import Node
from comity.service.repeats import Once, Said, do_once
from comity.web.pages.kit.seat import ROLE, Seat
from comity.web.permissions import Permission, may, roles_with
from comity.web.place import current_place
from comity.web.problems import status_of

ONCE: Final = "once"
_READ: Final = frozenset({"GET", "HEAD"})


class PageClosed(NotPermitted):
    """None of your roles may open this page."""

    code = "pages/closed"
    remedy = "Choose another role at the top of the page, or ask somebody whose role it is."


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """A page to be shown: a template, what it shows, and its title if it is a better one."""

    template: str
    values: dict[str, Any] = field(default_factory=dict)
    title: str | Promise = ""
    status: int = 200


@dataclass(frozen=True, kw_only=True)
class Go:
    """Where to go on, and what to say there."""

    to: str
    says: str | Promise = ""


Answer = Sheet | Go | HttpResponseBase
View = Callable[..., Answer]


@dataclass(frozen=True, kw_only=True)
class Page:
    """One page: where it is, what it is called, what is needed to open it."""

    path: str
    name: str
    title: str | Promise
    permission: Permission
    takes_posts: bool
    room: str


PAGES: Final[dict[str, Page]] = {}
_PATTERNS: Final[list[URLPattern]] = []


def page(  # noqa: PLR0913 # each says another thing of it
    address: str,
    permission: Permission,
    *,
    name: str,
    title: str | Promise,
    takes_posts: bool = False,
    room: str = "",
) -> Callable[[View], View]:
    """Make a view a page. ``room`` is the name of the page under which the navigation shows it."""

    def keep(view: View) -> View:
        if name in PAGES:
            message = f"two pages are called {name}"
            raise RuntimeError(message)
        made = Page(
            path=address,
            name=name,
            title=title,
            permission=permission,
            takes_posts=takes_posts,
            room=room or name,
        )

        @wraps(view)
        def ask(request: HttpRequest, **given: object) -> HttpResponseBase:
            return _open(request, made, view, given)

        PAGES[name] = made
        _PATTERNS.append(path(address, ask, name=name))
        return view

    return keep


def patterns() -> list[URLPattern]:
    """Return the routes of all pages made so far."""
    return list(_PATTERNS)


def do_it(seat: Seat, do: Callable[[Node], Go]) -> HttpResponse:
    """Do what a form asks, once: sent again, by a second press or a reload, it is not done again.

    ``do`` gets the node as it stands in the transaction, and returns where to go on.
    """
    key = seat.http.POST.get(ONCE, "")
    once = Once(actor=seat.actor, key=f"page-{key}", request=_digest_of(seat))

    def say(node: Node) -> Said:
        gone = do(node)
        return Said(status=302, body=f"{gone.to}\n{gone.says}".encode())

    said = do_once(seat.node, once, say)
    to, _, says = said.body.decode().partition("\n")
    return _go(seat.http, Go(to=to, says=says))


def _digest_of(seat: Seat) -> Digest:
    """Return what makes two sent forms the same: where to, in which role, and every field."""
    fields = sorted(
        (name, values)
        for name, values in seat.http.POST.lists()
        if name not in {ONCE, "csrfmiddlewaretoken"}
    )
    files = sorted(
        (name, one.name, one.size) for name, sent in seat.http.FILES.lists() for one in sent
    )
    told = (seat.http.get_full_path(), seat.role, fields, files)
    return Digest.of(repr(told).encode("utf-8", "surrogatepass"))


def _open(
    request: HttpRequest, made: Page, view: View, given: dict[str, object]
) -> HttpResponseBase:
    seat = sit_down(request, made.permission)
    if made.permission is not Permission.PUBLIC and not seat.is_taken:
        return redirect_to_login(request.get_full_path())
    try:
        _require_permission(seat)
        if request.method not in _READ and not (made.takes_posts and request.method == "POST"):
            return HttpResponseNotAllowed(["GET", "POST"] if made.takes_posts else ["GET"])
        return _answer(seat, made, view(seat, **given))
    except ComityError as error:
        return show_error(seat, made, error)


def sit_down(request: HttpRequest, permission: Permission) -> Seat:
    """Return the seat of who sent this request; of nobody, where nobody signed in."""
    person = request.user if request.user.is_authenticated else None
    roles = tuple(person.roles.split()) if person else ()
    chosen = request.session.get(ROLE, "")
    return Seat(
        node=current_place().node,
        actor=person.actor if person else "",
        login=person.login if person else "",
        roles=roles,
        role=chosen if chosen in roles else "",
        permission=permission,
        http=request,
    )


def may_open(seat: Seat, name: str) -> bool:
    """Return whether there is a page of that name and whoever sits here may open it."""
    made = PAGES.get(name)
    return made is not None and _is_held(seat, made.permission)


def _is_held(seat: Seat, permission: Permission) -> bool:
    if permission is Permission.PUBLIC:
        return True
    if seat.role:
        return may(seat.role, permission)
    return bool(roles_with(seat.roles, permission))


def _require_permission(seat: Seat) -> None:
    if not _is_held(seat, seat.permission):
        raise PageClosed(seat.permission.value)


def _answer(seat: Seat, made: Page, answer: Answer) -> HttpResponseBase:
    if isinstance(answer, Go):
        return _go(seat.http, answer)
    if isinstance(answer, Sheet):
        return show_sheet(seat, made, answer)
    return answer


def _go(request: HttpRequest, go: Go) -> HttpResponse:
    if go.says:
        messages.success(request, str(go.says))
    return HttpResponseRedirect(go.to)


def show_sheet(seat: Seat, made: Page, sheet: Sheet) -> HttpResponse:
    """Return a page with all that surrounds it."""
    values = {
        **sheet.values,
        "seat": seat,
        "page": made,
        "title": sheet.title or made.title,
        "place": current_place(),
    }
    answer = render(seat.http, sheet.template, values, status=sheet.status)
    answer["Cache-Control"] = "private, no-store"
    return answer


def show_error(seat: Seat, made: Page, error: ComityError) -> HttpResponse:
    """Return the page that says what went wrong, where, and what to do next."""
    sheet = Sheet(
        template="kit/error.html",
        values={"error": error},
        title=error.sentence(),
        status=status_of(error),
    )
    return show_sheet(seat, made, sheet)
