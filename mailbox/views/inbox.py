"""The lists: what a person sees first, newest first, a page at a time."""

from django.http import HttpResponse
from django.shortcuts import render

from accounts.http import SignedInRequest, signed_in
from mailbox.views.acts import bulk_acts, row_acts
from mailbox.views.chips import choices
from mailbox.views.drafts import begun
from mailbox.views.facets import facets
from mailbox.views.findings import found_of
from mailbox.views.listing import Listing, Page, listing_of, moves_to, page_of
from mailbox.views.rows import Cursor, Eyes, read_cursor
from mailbox.views.shell import Side, side_of
from mailbox.views.times import offers


@signed_in
def inbox(request: SignedInRequest) -> HttpResponse:
    return show_list(request, "inbox")


@signed_in
def starred(request: SignedInRequest) -> HttpResponse:
    return show_list(request, "starred")


@signed_in
def snoozed(request: SignedInRequest) -> HttpResponse:
    return show_list(request, "snoozed")


@signed_in
def drafts(request: SignedInRequest) -> HttpResponse:
    return show_list(request, "drafts")


@signed_in
def folder(request: SignedInRequest, folder_id: int) -> HttpResponse:
    return show_list(request, f"f{folder_id}")


def show_list(request: SignedInRequest, key: str) -> HttpResponse:
    """The whole page, or for htmx the pane, or only the rows that it wants to add."""
    side = side_of(request)
    listing = listing_of(request.user, key, request.GET.get("show", ""), side)
    context = list_context(request, listing, side)
    response = render(request, template_for(request), context)
    return of_the_moment(response)


def of_the_moment(response: HttpResponse) -> HttpResponse:
    """For pages that also come as fragments: kept nowhere, and the page itself says what its address is (panes.js)."""
    response["Vary"] = "HX-Request, Cookie"
    response["Cache-Control"] = "no-store"
    response["HX-Push-Url"] = "false"
    return response


def template_for(request: SignedInRequest) -> str:
    if not request.htmx or request.htmx.history_restore_request:
        return "mailbox/inbox.html"
    return "mailbox/_rows.html" if "before" in request.GET else "mailbox/_list.html"


def list_context(request: SignedInRequest, listing: Listing, side: Side, current: int = 0, letter: int = 0) -> dict[str, object]:
    """Everything that a list pane shows; `current` is the conversation that is open
    beside it, `letter` the only one of it that is."""
    eyes = Eyes(mine=side.mine, current=current, letter=letter, changeable=side.changeable)
    before = read_cursor(request.GET.get("before", "")) if not current else None
    return {
        "side": side,
        "here": listing.key,
        "listing": listing,
        "page": _page(request, listing, eyes, before),
        "bulk_acts": bulk_acts(listing.role, joins=request.user.conversations),
        "row_acts": row_acts(listing.role),
        "moves": moves_to(side, listing.folders) if listing.files else [],
        "offers": offers(),
        "choices": choices(side),
        "begun": begun(request.user) if listing.key == "drafts" else None,
        "facets": facets(listing.search) if listing.search else [],
        "is_kept": any(place.key == listing.key for place in side.kept),
    }


def _page(request: SignedInRequest, listing: Listing, eyes: Eyes, before: Cursor | None) -> Page:
    return (
        page_of(request.user, listing, eyes, before) if listing.search is None else found_of(request.user, listing, eyes, before)
    )
