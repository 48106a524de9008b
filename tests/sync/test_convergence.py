"""Whatever the phone and the person do, and in whatever order: when all is told, mirror and server are the same."""

import random
from collections import Counter
from collections.abc import Callable
from contextlib import suppress

import pytest
from django.db.models import F

from accounts.models import User
from mailbox.imap.client import ImapClient
from mailbox.mime.read import read_headers
from mailbox.models import Change, Flag, Mailbox, Placement
from mailbox.sync import changes, mirror, push
from mailbox.sync.verifying import differences
from mailbox.sync.work import work
from tests.sync.conftest import Phone, bring_up, folder, here
from tests.sync.letters import raw

FOLDERS = ["INBOX", "Archive", "Trash"]
FLAGS = [Flag.SEEN, Flag.FLAGGED]


class Cut(BaseException):
    """The worker is gone in the middle."""


class Scene:
    """Two hands on one mailbox, led by one seed."""

    def __init__(self, mailbox: Mailbox, owner: User, phone: Phone, chance: random.Random) -> None:
        self.mailbox, self.owner, self.phone, self.chance = mailbox, owner, phone, chance
        self.letters: list[str] = []
        self.doomed: set[str] = set()  # letters that somebody wanted gone for ever
        self.undo = ""

    def act(self) -> None:
        name = self.chance.choice([name for name in dir(self) if name.startswith(("phone_", "click_", "worker_"))])
        deed: Callable[[], object] = getattr(self, name)
        deed()

    def _there(self) -> tuple[str, int] | None:
        name = self.chance.choice(FOLDERS)
        uids = self.phone.uids(name)
        return (name, self.chance.choice(uids)) if uids else None

    def _here(self) -> "changes.Places":
        lying = Placement.objects.filter(folder__mailbox=self.mailbox, folder__name__in=FOLDERS, gone_at=None)
        chosen = self.chance.sample(list(lying.values_list("pk", flat=True)), min(2, lying.count()))
        return Placement.objects.filter(pk__in=chosen)

    def phone_adds(self) -> None:
        name = f"S{len(self.letters)}"
        self.letters.append(name)
        self.phone.add(self.chance.choice(FOLDERS), raw(name, subject=name))

    phone_adds_more = phone_adds

    def phone_flags(self) -> None:
        if place := self._there():
            self.phone.flag(*place, self.chance.choice(["\\Seen", "\\Flagged"]), on=self.chance.random() < 0.6)

    def phone_moves(self) -> None:
        if place := self._there():
            self.phone.move(*place, self.chance.choice([name for name in FOLDERS if name != place[0]]))

    def phone_expunges(self) -> None:
        if place := self._there():
            self.doomed.add(read_headers(self.phone.bytes(*place)).subject)
            self.phone.expunge(*place)

    def click_flags(self) -> None:
        changes.set_flag(self.owner, self._here(), self.chance.choice(FLAGS), self.chance.random() < 0.6)

    def click_moves(self) -> None:
        self.undo = changes.move(self.owner, self._here(), folder(self.mailbox, self.chance.choice(FOLDERS))).token

    click_moves_more = click_moves

    def click_undoes(self) -> None:
        if self.undo:
            changes.undo(self.owner, self.undo)

    def click_deletes(self) -> None:
        if self.chance.random() < 0.3:
            some = self._here()
            self.doomed.update(some.values_list("message__subject", flat=True))
            changes.delete_for_ever(self.owner, some)

    def worker_pushes(self) -> None:
        push.push_changes(self.mailbox.pk)

    def worker_passes(self) -> None:
        mirror.bring_up(self.mailbox.pk)

    def worker_dies(self) -> None:
        """After the server has done what it was told, and before anybody has heard of it; at the first word or a later one."""
        left = self.chance.randrange(3)

        def mortal(deed: Callable[..., object]) -> Callable[..., object]:
            def said(*args: object, **more: object) -> object:
                nonlocal left
                answer, left = deed(*args, **more), left - 1
                if left < 0:
                    raise Cut
                return answer

            return said

        with pytest.MonkeyPatch.context() as patched, suppress(Cut):
            for name in ("store", "copy", "move", "expunge"):
                patched.setattr(ImapClient, name, mortal(getattr(ImapClient, name)))
            push.push_changes(self.mailbox.pk)

    worker_dies_again = worker_dies_once_more = worker_dies


@pytest.mark.servers
@pytest.mark.parametrize("seed", range(12))
def test_mirror_and_server_converge(guest: Mailbox, owner: User, phone: Phone, dialect: str, seed: int) -> None:
    bring_up(guest)
    scene = Scene(guest, owner, phone, random.Random(seed))
    for _ in range(30):
        scene.act()
    for _ in range(3):
        Change.objects.open().update(next_at=F("created_at"))
        bring_up(guest)
    found: list[str] = []
    work(guest.pk, lambda session: bool(found.extend(differences(session, octets=True))))
    assert found == []
    shown = Counter(subject for name in FOLDERS for subject in here(guest, name))
    assert max(shown.values(), default=1) == 1
    assert set(scene.letters) - set(shown) <= scene.doomed
    assert not Change.objects.exclude(state="done").exists()
