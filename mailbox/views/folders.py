"""The person's folders: making one, giving it another name, taking an empty one away. Their labels stand below."""

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from accounts.http import SignedInRequest, signed_in
from mailbox.models import Folder, Mailbox
from mailbox.sync import changes
from mailbox.views.labelbook import labels_and_jobs
from mailbox.views.places import ROLE_ICONS, label_of
from mailbox.views.shell import Side, side_of


@dataclass(frozen=True, slots=True)
class Line:
    """A folder on the page; one with a task, or that the person may only read, can be neither renamed nor deleted."""

    folder: Folder
    label: str
    icon: str
    fixed: bool
    key: str


@dataclass(frozen=True, slots=True)
class Tree:
    """A Mailbox and its folders."""

    mailbox: Mailbox
    lines: list[Line]
    key: str
    files: bool  # whether the person may change them


@require_safe
@signed_in
def folders(request: SignedInRequest) -> HttpResponse:
    return _page(request)


@require_POST
@signed_in
def make(request: SignedInRequest, mailbox_id: int) -> HttpResponse:
    mailbox = get_object_or_404(Mailbox.objects.of(request.user), pk=mailbox_id)
    name = request.POST.get("name", "")
    try:
        folder = changes.create_folder(request.user, mailbox, name)
    except changes.CannotChange as refusal:
        return _page(request, {"at": f"m{mailbox.pk}", "typed": name, "trouble": str(refusal)}, status=422)
    messages.success(request, gettext("Folder %(name)s made") % {"name": label_of(folder)})
    return redirect("folders")


@require_POST
@signed_in
def rename(request: SignedInRequest, folder_id: int) -> HttpResponse:
    folder = get_object_or_404(Folder.objects.of(request.user), pk=folder_id)
    name = request.POST.get("name", "")
    try:
        changes.rename_folder(request.user, folder, name)
    except changes.CannotChange as refusal:
        return _page(request, {"at": f"f{folder.pk}", "typed": name, "trouble": str(refusal)}, status=422)
    messages.success(request, gettext("Folder renamed"))
    return redirect("folders")


@require_POST
@signed_in
def delete(request: SignedInRequest, folder_id: int) -> HttpResponse:
    folder = get_object_or_404(Folder.objects.of(request.user), pk=folder_id)
    try:
        changes.delete_folder(request.user, folder)
    except changes.CannotChange as refusal:
        return _page(request, {"at": f"f{folder.pk}", "trouble": str(refusal)}, status=422)
    messages.success(request, gettext("Folder %(name)s deleted") % {"name": label_of(folder)})
    return redirect("folders")


def _page(request: SignedInRequest, trouble: dict[str, str] | None = None, status: int = 200) -> HttpResponse:
    """The page; `trouble` says at which form ("m1" makes in a Mailbox, "f2" is a folder's) what went wrong."""
    side = side_of(request)
    trees = [_tree(mailbox, side) for mailbox in side.mailboxes]
    context = {"side": side, "here": "folders", "trees": trees, "trouble": trouble or {}, **labels_and_jobs(request)}
    return render(request, "mailbox/folders.html", context, status=status)


def _tree(mailbox: Mailbox, side: Side) -> Tree:
    files = mailbox.pk in side.changeable
    lines = [_line(folder, files) for folder in side.folders if folder.mailbox_id == mailbox.pk]
    return Tree(mailbox, lines, f"m{mailbox.pk}", files)


def _line(folder: Folder, files: bool) -> Line:
    fixed = bool(folder.role) or not files
    return Line(folder, label_of(folder), ROLE_ICONS[Folder.Role(folder.role)], fixed, f"f{folder.pk}")
