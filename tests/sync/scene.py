"""Two hands on one mailbox, workers that die and lines that break: whatever chance leads them to."""

import random
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from io import StringIO

import pytest
from django.core.management import call_command
from django.db.models import F

from accounts.models import User
from mailbox.imap.client import ImapClient
from mailbox.imap.errors import CommandRefused
from mailbox.mime.read import read_headers
from mailbox.models import Change, Flag, Folder, Mailbox, Placement
from mailbox.sync import changes, mirror, push
from mailbox.sync.rights import CannotChange
from tests.fakes.imap_proxy import ImapProxy
from tests.sync.conftest import Phone, bring_up
from tests.sync.letters import raw

FLAGS = [Flag.SEEN, Flag.FLAGGED]


class Cut(BaseException):
    """The worker is gone in the middle."""


class Scene:
    """`prefix` stands before the name of every folder but the inbox. `chance` is set anew for every deed."""

    def __init__(self, mailbox: Mailbox, owner: User, phone: Phone, proxy: ImapProxy, prefix: str = "") -> None:
        self.mailbox, self.owner, self.phone, self.proxy, self.prefix = mailbox, owner, phone, proxy, prefix
        self.chance = random.Random(0)
        self.fixed = ["INBOX", f"{prefix}Archive", f"{prefix}Trash"]
        self.letters: list[str] = []
        self.doomed: set[str] = set()  # letters that somebody wanted gone for ever
        self.copied: set[str] = set()
        self.undo = ""
        self.made = 0
        bring_up(mailbox)

    @classmethod
    def deeds(cls) -> list[str]:
        return [name for name in dir(cls) if name.startswith(("phone_", "click_", "worker_"))]

    # --- The phone -------------------------------------------------------------------------------------------------------

    def _own(self) -> list[str]:
        """The folders there that may come and go."""
        return sorted(one.name for one in self.phone.client.list_folders() if one.name.startswith(f"{self.prefix}Box"))

    def _there(self) -> tuple[str, int] | None:
        name = self.chance.choice([*self.fixed, *self._own()])
        uids = self.phone.uids(name)
        return (name, self.chance.choice(uids)) if uids else None

    def _fresh_name(self) -> str:
        self.made += 1
        return f"{self.prefix}Box{self.made}"

    def _subject(self, place: tuple[str, int]) -> str:
        return read_headers(self.phone.bytes(*place)).subject

    def phone_adds(self) -> None:
        name = f"S{len(self.letters)}"
        self.letters.append(name)
        self.phone.add(self.chance.choice([*self.fixed, *self._own()]), raw(name, subject=name))

    phone_adds_more = phone_adds_still_more = phone_adds

    def phone_flags(self) -> None:
        if place := self._there():
            self.phone.flag(*place, self.chance.choice(["\\Seen", "\\Flagged"]), on=self.chance.random() < 0.6)

    def phone_moves(self) -> None:
        if place := self._there():
            self.phone.move(*place, self.chance.choice([name for name in [*self.fixed, *self._own()] if name != place[0]]))

    def phone_copies(self) -> None:
        if place := self._there():
            self.copied.add(self._subject(place))
            self.phone.copy(*place, self.chance.choice([name for name in [*self.fixed, *self._own()] if name != place[0]]))

    def phone_expunges(self) -> None:
        if place := self._there():
            self.doomed.add(self._subject(place))
            self.phone.expunge(*place)

    def phone_creates_a_folder(self) -> None:
        self.phone.client.create(self._fresh_name())

    def phone_renames_a_folder(self) -> None:
        if own := self._own():
            self.phone.client.rename(self.chance.choice(own), self._fresh_name())

    def phone_deletes_a_folder(self) -> None:
        if own := self._own():
            name = self.chance.choice(own)
            self.doomed.update(self._subject((name, uid)) for uid in self.phone.uids(name))
            self.phone.client.select("INBOX")
            self.phone.client.delete(name)

    # --- The person ------------------------------------------------------------------------------------------------------

    def _places(self) -> "list[Folder]":
        shown = Folder.objects.of(self.owner).filter(selectable=True, missing_since=None).order_by("pk")
        return [folder for folder in shown if folder.name in self.fixed or folder.name.startswith(f"{self.prefix}Box")]

    def _here(self) -> "changes.Places":
        lying = Placement.objects.filter(folder__in=self._places(), gone_at=None).order_by("pk")
        chosen = self.chance.sample(list(lying.values_list("pk", flat=True)), min(2, lying.count()))
        return Placement.objects.filter(pk__in=chosen)

    def click_flags(self) -> None:
        changes.set_flag(self.owner, self._here(), self.chance.choice(FLAGS), self.chance.random() < 0.6)

    def click_moves(self) -> None:
        self.undo = changes.move(self.owner, self._here(), self.chance.choice(self._places())).token

    click_moves_more = click_moves

    def click_undoes(self) -> None:
        if self.undo:
            changes.undo(self.owner, self.undo)

    def click_deletes(self) -> None:
        if self.chance.random() < 0.3:
            some = self._here()
            self.doomed.update(some.values_list("message__subject", flat=True))
            changes.delete_for_ever(self.owner, some)

    def click_creates_a_folder(self) -> None:
        changes.create_folder(self.owner, self.mailbox, self._fresh_name())

    def click_renames_a_folder(self) -> None:
        if own := [folder for folder in self._places() if folder.name not in self.fixed]:
            changes.rename_folder(self.owner, self.chance.choice(own), self._fresh_name())

    def click_deletes_a_folder(self) -> None:
        if own := [folder for folder in self._places() if folder.name not in self.fixed]:
            with suppress(CannotChange):
                changes.delete_folder(self.owner, self.chance.choice(own))

    # --- The workers -----------------------------------------------------------------------------------------------------

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
            for name in ("store", "copy", "move", "expunge", "create", "rename", "delete"):
                patched.setattr(ImapClient, name, mortal(getattr(ImapClient, name)))
            push.push_changes(self.mailbox.pk)

    worker_dies_again = worker_dies

    def worker_loses_the_line(self) -> None:
        self.proxy.fuse = self.chance.randrange(60)
        self.chance.choice([push.push_changes, mirror.bring_up])(self.mailbox.pk)
        self.proxy.fuse = None
        Mailbox.objects.filter(pk=self.mailbox.pk).update(state=Mailbox.State.OK, failures=0, next_poll_at=None)

    worker_loses_the_line_again = worker_loses_the_line

    # --- The end ---------------------------------------------------------------------------------------------------------

    def act(self, name: str, chance: random.Random) -> None:
        self.chance = chance
        with suppress(CommandRefused):  # the phone was told no: somebody else was quicker
            getattr(self, name)()

    def rest(self) -> None:
        """Until nothing is left to be told; a folder must be missed twice."""
        for _ in range(4):
            Change.objects.open().update(next_at=F("created_at"))
            bring_up(self.mailbox)

    def prove(self) -> None:
        """Mirror and server are the same, no letter is lost and none is doubled."""
        found = StringIO()
        with suppress(SystemExit):
            call_command("mirror", self.mailbox.address, verify=True, bytes=True, stdout=found, stderr=found)
        assert found.getvalue() == f"{self.mailbox.address}: mirror and server are the same.\n"
        lying = Placement.objects.annotate(deleted=F("flags").bitand(Flag.DELETED))
        lying = lying.filter(folder__mailbox=self.mailbox, gone_at=None, deleted=0)
        shown = Counter(lying.values_list("message__subject", flat=True))
        assert [name for name, times in shown.items() if times > 1 and name not in self.copied] == []
        assert set(self.letters) - set(shown) <= self.doomed
        assert not Change.objects.open().filter(mailbox=self.mailbox).exists()
        assert self.proxy.offences == []
