"""What the page hears after a deed: which rows have left or changed, the new numbers, and a way back."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from typing import NamedTuple
from urllib.parse import urlencode, urlsplit

from django.contrib import messages
from django.db.models import F, Q, QuerySet
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import Resolver404, resolve, reverse
from django.utils.translation import gettext
from django_htmx.http import trigger_client_event

from accounts.http import SignedInRequest
from mailbox.models import Bulk, Folder, Placement, ThreadFolder
from mailbox.sync import bulk
from mailbox.views import letterwise
from mailbox.views.chips import carried, chips, choices
from mailbox.views.places import label_of
from mailbox.views.rows import Eyes, Row, row, row_id, seeing_sent
from mailbox.views.shell import side_of

__all__ = ["Pair", "among", "begun", "changed", "gone", "label_of", "put_back", "read_pair", "refused", "said"]


class Pair(NamedTuple):
    """A conversation and the folder it lies in; `letter`: only that one of it."""

    thread: int
    folder: int
    letter: int = 0


def read_pair(text: str) -> Pair | None:
    """A checkbox's value, "12-3" or "12-3-45"; None for nonsense."""
    numbers = text.split("-")
    fits = len(numbers) in (2, 3) and all(number.isdecimal() and len(number) < 19 for number in numbers)
    return Pair(*map(int, numbers)) if fits else None


def among(pairs: Sequence[Pair], thread: str, folder: str, letter: str = "") -> Q:
    """Rows whose columns of these names are one of the pairs; without `letter` whole conversations."""
    wanted = Q(pk__in=[])
    for folder_id in {pair.folder for pair in pairs}:
        here = [pair for pair in pairs if pair.folder == folder_id]
        whole = [pair.thread for pair in here if not (letter and pair.letter)]
        wanted |= Q(**{folder: folder_id, f"{thread}__in": whole})
        if single := [pair.letter for pair in here if letter and pair.letter]:
            wanted |= Q(**{folder: folder_id, f"{letter}__in": single})
    return wanted


def gone(request: SignedInRequest, pairs: list[Pair], sentence: str, token: str = "") -> HttpResponse:
    """These rows have left the list."""
    if not request.htmx:
        messages.success(request, sentence, extra_tags=token)
        return redirect(list_url(request, pairs))
    response = _answer(request, {"text": sentence, "token": token})
    return trigger_client_event(response, "filed", {"rows": [row_id(*pair) for pair in pairs]})


def changed(request: SignedInRequest, pairs: list[Pair], sentence: str = "", token: str = "") -> HttpResponse:
    """These rows look different now; where no row shows it, a sentence says so."""
    if not request.htmx:
        if sentence:
            messages.success(request, sentence, extra_tags=token)
        return redirect(list_url(request, pairs))
    rows, open_here = rows_of(request, pairs), urlsplit(request.htmx.current_url_abs_path or "")
    only = QueryDict(open_here.query).get("letter", "0")
    context: dict[str, object] = {"rows": rows, "text": sentence, "token": token}
    if shown := next((one for one in rows if open_here.path == one.base and only == str(one.letter)), None):
        context |= {"shown": shown} | labels_of(request, [pair for pair in pairs if row_id(*pair) == shown.id])
    return _answer(request, context)


def rows_of(request: SignedInRequest, pairs: Sequence[Pair], current: Pair | None = None) -> list[Row]:
    """The rows as they look now; `current` is open."""
    whole = [pair for pair in pairs if not pair.letter]
    found = ThreadFolder.objects.of(request.user).filter(among(whole, "thread_id", "folder_id"))
    places = list(found.annotate(letters=F("thread__count")))
    letters = letters_of(request, [pair for pair in pairs if pair.letter])
    folders = Folder.objects.in_bulk({pair.folder for pair in pairs})
    places += letterwise.places(letters, folders)
    eyes = Eyes(side_of(request).mine, request.GET.get("list", ""))
    if current:
        eyes = replace(eyes, current=current.thread, letter=current.letter)
    eyes = seeing_sent(eyes, places, folders)
    return [row(place, folders[place.folder_id], eyes) for place in places]


def letters_of(request: SignedInRequest, pairs: Sequence[Pair]) -> QuerySet[Placement]:
    """The live letters of these conversations in these folders."""
    wanted = among(pairs, "message__thread_id", "folder_id", "message_id")
    return Placement.objects.of(request.user).live().filter(wanted)


def labels_of(request: SignedInRequest, pairs: Sequence[Pair]) -> dict[str, object]:
    """The chips of what is open, and the menu that knows which are on."""
    letters = list(letters_of(request, pairs))
    keywords = {keyword for letter in letters for keyword in letter.keywords}
    return {"chips": chips(keywords), "choices": choices(side_of(request), carried(letters))}


def said(request: SignedInRequest, pairs: list[Pair], sentence: str) -> HttpResponse:
    """Something is different now that no row shows."""
    if not request.htmx:
        messages.success(request, sentence)
        return redirect(list_url(request, pairs))
    return _answer(request, {"text": sentence})


def begun(request: SignedInRequest, job: Bulk, sentence: str) -> HttpResponse:
    """A job is under way; what it does is heard as it does it."""
    if not request.htmx:
        messages.success(request, sentence, extra_tags=bulk.token_of(job))
        return redirect(list_url(request, []))
    response = _answer(request, {"text": sentence, "job": job, "under_way": True, "token": bulk.token_of(job)})
    return trigger_client_event(response, "unpick")


def put_back(request: SignedInRequest) -> HttpResponse:
    """A deed was undone."""
    if not request.htmx:
        messages.success(request, gettext("Undone"))
        return redirect("inbox")
    return trigger_client_event(_answer(request, {"text": gettext("Undone")}), "unfiled")


def refused(request: SignedInRequest, sentence: str) -> HttpResponse:
    """Nothing was done, and why."""
    if not request.htmx:
        messages.error(request, sentence)
        return redirect(list_url(request, []))
    return render(request, "mailbox/_filed.html", {"text": sentence, "bad": True}, status=403)


def list_url(request: SignedInRequest, pairs: list[Pair]) -> str:
    """The list that the deed was done from."""
    key = request.GET.get("list", "")
    if key in {"starred", "drafts", "snoozed"}:
        return reverse(key)
    if key.startswith("q:"):
        return f"{reverse('search')}?{urlencode({'q': key[2:]})}"
    if key.startswith("f") and key[1:].isdecimal():
        return reverse("folder", args=[int(key[1:])])
    return reverse("inbox") if key or not pairs else reverse("folder", args=[pairs[0][1]])


def _answer(request: SignedInRequest, context: dict[str, object]) -> HttpResponse:
    return render(request, "mailbox/_filed.html", {"side": side_of(request), "here": here(request), "oob": True, **context})


def here(request: SignedInRequest) -> str:
    """The key of the list that the page shows: by the deed's own query, else by the page's address."""
    page = urlsplit(request.htmx.current_url_abs_path or "/")
    for query in (request.GET, QueryDict(page.query)):
        if "list" in query or "in" in query:
            return query.get("list") or f"f{query['in']}"
    with suppress(Resolver404):
        match = resolve(page.path)
        return f"f{match.kwargs['folder_id']}" if "folder_id" in match.kwargs else match.url_name or ""
    return ""
