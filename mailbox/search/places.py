"""Which folders a person means by a name."""

from django.utils.translation import override

from accounts.models import User
from mailbox.models import Folder, Label
from mailbox.models.label import LANGUAGES, in_languages
from mailbox.search.operators import folded


def folders_named(user: User, name: str) -> list[int]:
    """By its role (inbox, junk ...), by the word we show for that role, by its whole name or the last step of it."""
    wanted = _bare(name)
    return [folder.pk for folder in Folder.objects.of(user) if wanted in names_of(folder)]


def keywords_named(user: User, name: str) -> list[str]:
    """The label of that name, in either language, and the keyword itself: programs mark letters with some that are none."""
    wanted = _bare(name)
    known = Label.objects.of(user).values_list("keyword", flat=True)
    return [name, *(keyword for keyword in known if wanted in {_bare(one) for one in (keyword, *in_languages(keyword))})]


def names_of(folder: Folder) -> set[str]:
    steps = folder.name.split(folder.delimiter) if folder.delimiter else [folder.name]
    names = {folder.name, steps[-1], "/".join(steps[1:]), "/".join(steps)}
    if folder.role:
        names |= {folder.role, *(_label(folder, language) for language in LANGUAGES)}
    return {_bare(one) for one in names if one}


def _label(folder: Folder, language: str) -> str:
    with override(language):
        return str(Folder.Role(folder.role).label)


def _bare(name: str) -> str:
    return folded("".join(name.split()))
