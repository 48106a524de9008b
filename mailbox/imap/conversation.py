"""One command after the other over one line, and the news that come between: who said what for whom is sorted here."""

from collections.abc import Callable, Iterator
from typing import TypeVar

from mailbox.imap.commands import Command
from mailbox.imap.errors import Malformed, refusal, says_gone
from mailbox.imap.events import Event, Fetched, Status
from mailbox.imap.limits import Limits
from mailbox.imap.link import Link
from mailbox.imap.news import News
from mailbox.imap.talk import Answer, Talk

Result = TypeVar("Result")


class Conversation:
    """`capabilities` decides how strings travel; the client sets it when it is signed in."""

    def __init__(self, link: Link, limits: Limits) -> None:
        self.link, self.news = link, News(limits.news)
        self.capabilities: frozenset[str] = frozenset()
        self._under_way: Iterator[Event] | None = None

    @property
    def is_free(self) -> bool:
        """The last answer was heard to its end."""
        return self._under_way is None

    def lead(self, talk: Talk[Result]) -> Result:
        """A talk of several commands, to its end."""
        try:
            command = next(talk)
            while True:
                command = talk.send(self.run(command))
        except StopIteration as end:
            result: Result = end.value
            return result

    def must(self, command: Command, *, or_gone: bool = False) -> Answer:
        """Raises what a NO means; not for letters that went away meanwhile, if `or_gone`."""
        answer = self.run(command)
        if not answer.status.ok and not (or_gone and says_gone(answer.status)):
            raise refusal(command.name, answer.status)
        return answer

    def say(self, command: Command) -> None:
        """The last word: nobody waits for its answer."""
        self.link.converse(command, self.capabilities)

    def run(self, command: Command) -> Answer:
        wanted: list[Event] = []
        for event in self._converse(command):
            if isinstance(event, Status) and event.tag:
                self._under_way = None
                return Answer(event, tuple(wanted))
            if isinstance(event, command.wants):
                wanted.append(event)
            else:
                self._keep(event)
        raise Malformed("an answer without its end")

    def stream(self, command: Command, is_answer: Callable[[Fetched], bool]) -> Iterator[Fetched]:
        """The letters of a FETCH, asked for at once, as they come; everything else is news."""
        return self._letters(command, self._converse(command), is_answer)

    def _letters(self, command: Command, events: Iterator[Event], is_answer: Callable[[Fetched], bool]) -> Iterator[Fetched]:
        for event in events:
            if isinstance(event, Fetched) and is_answer(event):
                yield event
            elif isinstance(event, Status) and event.tag:
                self._under_way = None
                if not event.ok and not says_gone(event):
                    raise refusal(command.name, event)
                return
            else:
                self._keep(event)
        raise RuntimeError("Another command was sent while letters were still coming.")

    def _converse(self, command: Command) -> Iterator[Event]:
        for event in self._under_way or ():  # the rest of an answer that nobody wanted to hear to its end
            self._keep(event)
        self._under_way = self.link.converse(command, self.capabilities)
        return self._under_way

    def _keep(self, event: Event) -> None:
        try:
            self.news.keep(event)
        except Malformed:
            self.link.close()
            raise
