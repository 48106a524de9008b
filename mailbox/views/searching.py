"""Looking for a letter: the page of what was found, what is offered while somebody types, and the searches they keep."""

from dataclasses import replace
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from accounts.http import SignedInRequest, signed_in
from accounts.pace import paced
from mailbox.models import PastSearch, past_search
from mailbox.search import find
from mailbox.search.find import TooLong
from mailbox.search.query import Query, parse
from mailbox.search.tree import And, Fact
from mailbox.views.findings import count_words, search_of
from mailbox.views.inbox import of_the_moment, show_list
from mailbox.views.language import LINES
from mailbox.views.listing import LONGEST, SEARCH
from mailbox.views.offers import Here, offers
from mailbox.views.places import Place
from mailbox.views.shell import side_of

SEARCHES, OFFERS = 240, 600  # a minute; what is offered while somebody types comes with every pause
MANY = 999  # unread findings that the side list counts


@require_safe
@signed_in
@paced("search", SEARCHES)
def search(request: SignedInRequest) -> HttpResponse:
    """The page of what was found; without a query, of what can be asked."""
    typed = _typed(request)
    if typed and not request.htmx and request.method == "GET":
        PastSearch.objects.remember(request.user, typed)
    return show_list(request, SEARCH + typed)


@require_safe
@signed_in
@paced("search", SEARCHES)
def count(request: SignedInRequest) -> HttpResponse:
    """How many conversations there are, exactly, for a page that shows the first of them."""
    try:
        with find.patiently():
            words = count_words(search_of(request.user, parse(_typed(request))).count())
    except TooLong:
        words = gettext("Very many results")
    return of_the_moment(HttpResponse(words, content_type="text/plain; charset=utf-8"))


@require_safe
@signed_in
@paced("offers", OFFERS)
def suggest(request: SignedInRequest) -> HttpResponse:
    """What may be meant, while it is typed."""
    here = Here(request.GET.get("list", ""), request.GET.get("conversation", ""))
    context = {"groups": offers(request.user, _typed(request, strip=False), here)}
    return of_the_moment(render(request, "mailbox/_offers.html", context))


@require_safe
@signed_in
def language(request: SignedInRequest) -> HttpResponse:
    """Every operator, in both languages, with what it finds."""
    return render(request, "mailbox/search_language.html", {"lines": LINES})


@require_POST
@signed_in
def keep(request: SignedInRequest) -> HttpResponse:
    """Keep a search in the side list, or keep it no longer."""
    typed = request.POST.get("q", "").strip()
    if 0 < len(typed) <= past_search.LONGEST:
        kept = request.POST.get("keep") == "1"
        PastSearch.objects.update_or_create(user=request.user, query=typed, defaults={"kept": kept})
    return redirect(f"{reverse('search')}?{urlencode({'q': typed})}")


@require_safe
@signed_in
def kept(request: SignedInRequest) -> HttpResponse:
    """The kept searches with how many unread conversations each finds."""
    places = [_counted(request, place) for place in side_of(request).kept]
    return of_the_moment(
        render(request, "mailbox/_kept.html", {"kept": places, "here": request.GET.get("here", ""), "counted": True})
    )


def _counted(request: SignedInRequest, place: Place) -> Place:
    """With how many unread conversations it finds, up to MANY."""
    query = parse(place.label)
    unread = And((query.tree, Fact("is", "unread"))) if query.tree != And() else And()
    try:
        with find.patiently(1.0):
            number = search_of(request.user, Query(unread, ("", ""))).count(MANY)
    except TooLong:
        return place
    return replace(place, number=number, unread=number > 0)


def _typed(request: SignedInRequest, *, strip: bool = True) -> str:
    typed = request.GET.get("q", "")[: LONGEST + 1].replace("\0", "")
    return typed.strip() if strip else typed
