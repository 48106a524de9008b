"""The sheet of paper: how a letter being written is shown, in the dock or on a page of its own, with what is wrong."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import wraps
from typing import Concatenate, ParamSpec
from uuid import UUID, uuid4

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django_htmx.http import HttpResponseClientRedirect, replace_url

from accounts.http import SignedInRequest
from mailbox import ingest
from mailbox.forms import when
from mailbox.forms.compose import DraftForm
from mailbox.mime.letter import Address, Part
from mailbox.models import Draft, Message, Outgoing, Recipient, Suppression, Upload
from mailbox.outbox import starts
from mailbox.outbox.drafts import Gone, Stale

Rest = ParamSpec("Rest")
NAMED = 2  # addressees that a toast names


@dataclass(frozen=True, slots=True)
class Trouble:
    """What stands in the way of the whole letter: one sentence, and where the other version is."""

    sentence: str
    url: str = ""
    link: str = ""


def show(request: SignedInRequest, draft: Draft) -> HttpResponse:
    """A draft, kept or just begun."""
    names = ("identity", "to", "cc", "bcc", "subject", "text", "html", "notify", "revision", "kind", "about")
    initial = {name: getattr(draft, f"{name}_id", None) or getattr(draft, name) for name in names}
    form = DraftForm(request.user, initial={**initial, "tab": uuid4()})
    context = {**_context(request, draft.key, form, draft), "trouble": _missing(draft)}
    response = render(request, _template(request), context)
    return replace_url(response, reverse("draft", args=[draft.key])) if draft.pk and _is_page(request) else response


def _missing(draft: Draft) -> Trouble | None:
    """A forward of a letter whose text and files are not here would be an empty one."""
    if draft.kind != Draft.Kind.FORWARD or draft.about is None or draft.about.reader_version:
        return None
    return Trouble(gettext("Only the head of that letter is here, so its text and its files do not go along."))


def saved(request: SignedInRequest, draft: Draft) -> HttpResponse:
    """The small print after an autosave: when, and the revision to build on; the files if they came along just now."""
    first = draft.revision == 1 and draft.kind == Draft.Kind.FORWARD
    response = render(request, "mailbox/_saved.html", {"draft": draft, "uploads": draft.uploads.files() if first else None})
    return replace_url(response, reverse("draft", args=[draft.key])) if _is_page(request) else response


def show_form(
    request: SignedInRequest, key: UUID, form: DraftForm, trouble: Trouble | None = None, status: int = 422
) -> HttpResponse:
    """The same page with what was typed and what is wrong with it. The autosave hears only that, and touches no field."""
    draft = Draft.objects.of(request.user).filter(key=key).first()
    template = "mailbox/_not_saved.html" if is_autosave(request) else _template(request)
    return render(request, template, {**_context(request, key, form, draft), "trouble": trouble}, status=status)


def too_late(request: SignedInRequest, key: UUID, form: DraftForm, late: Stale | Gone) -> HttpResponse:
    """Another page was first. The letter that left is the answer if it says the same; nothing is overwritten otherwise."""
    if isinstance(late, Stale):
        sentence = gettext("This draft was changed in another window. What you see here is not kept yet.")
        trouble = Trouble(sentence, reverse("draft", args=[key]), gettext("Show the other version"))
        return show_form(request, key, form, trouble, status=409)
    outgoing = late.draft.outgoing.latest("pk")
    if late.same and not is_autosave(request):
        return sent(request, outgoing, form)
    sentence = gettext("This letter has already been sent. What you changed here since then was not.")
    trouble = Trouble(sentence, reverse("outgoing", args=[outgoing.pk]), gettext("Show what was sent"))
    return show_form(request, key, form, trouble, status=409)


def sent(request: SignedInRequest, outgoing: Outgoing, form: DraftForm) -> HttpResponse:
    """The dock closes and a toast offers the way back; a page of its own goes on to where the letter is."""
    url = reverse("outgoing", args=[outgoing.pk])
    if not request.htmx:
        return redirect(url)
    if _is_page(request):
        return HttpResponseClientRedirect(url)
    seconds = max(round((outgoing.not_before - outgoing.created_at).total_seconds()), 0)
    context = {"outgoing": outgoing, "names": names_of(form.addressees()), "seconds": 0 if outgoing.chosen else seconds}
    return render(request, "mailbox/_sending.html", context)


def own_sheet(view: Callable[Concatenate[SignedInRequest, Rest], HttpResponse]) -> Callable[..., HttpResponse]:
    """403 for a page that somebody else had opened: the session has changed hands since, and the letter must not."""

    @wraps(view)
    def door(request: SignedInRequest, /, *args: Rest.args, **kwargs: Rest.kwargs) -> HttpResponse:
        if request.POST.get("person", str(request.user.pk)) != str(request.user.pk):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return door


def is_autosave(request: SignedInRequest) -> bool:
    return bool(request.htmx) and request.htmx.target == "saved"


def _is_page(request: SignedInRequest) -> bool:
    """Whether the letter has the page for itself; else it lies over the list."""
    return not request.htmx or request.POST.get("place") == "page"


def _template(request: SignedInRequest) -> str:
    return "mailbox/_compose.html" if request.htmx else "mailbox/compose.html"


def _context(request: SignedInRequest, key: UUID, form: DraftForm, draft: Draft | None) -> dict[str, object]:
    return {
        "form": form,
        "key": key,
        "place": "page" if _is_page(request) else "dock",
        "identities": starts.identities_of(request.user),
        "uploads": draft.uploads.files() if draft and draft.pk else Upload.objects.none(),
        "carried": _carried(form, draft),
        "warns": Suppression.objects.of(request.user).exists(),
        "draft": draft if draft and draft.pk else None,
        "letter_max": settings.LETTER_MAX,
        "offers": when.offers(timezone.localtime()),
        "chosen": when.picked(draft.leaves_at) if draft and draft.leaves_at else "",
        "zone": timezone.get_current_timezone_name().rpartition("/")[2].replace("_", " "),
    }


def _carried(form: DraftForm, draft: Draft | None) -> list[tuple[Part, bool]]:
    """The files of the forwarded letter while the draft is not kept yet, and whether each goes along."""
    if draft and draft.pk:
        return []
    kind, about = _question(form, draft)
    if kind != Draft.Kind.FORWARD or about is None:
        return []
    wanted = form.cleaned_data.get("carry") or () if form.is_bound else None
    return [(part, wanted is None or part.path in wanted) for part in ingest.letter_of(about).attachments]


def _question(form: DraftForm, draft: Draft | None) -> tuple[str, Message | None]:
    """The letter that this one answers, and how."""
    if draft:
        return draft.kind, draft.about
    return form.cleaned_data.get("kind", ""), form.cleaned_data.get("about")


def names_of(people: Iterable[Address | Recipient]) -> str:
    """Bob Marlow, 김하늘 and 2 more."""
    names = [one.name or one.address for one in people]
    first, more = ", ".join(names[:NAMED]), len(names) - NAMED
    if more <= 0:
        return first
    return ngettext("%(names)s and %(count)d more", "%(names)s and %(count)d more", more) % {"names": first, "count": more}
