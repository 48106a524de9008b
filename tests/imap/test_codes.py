"""Response codes: read where they can be, left alone where they cannot."""

import pytest

from mailbox.imap.codes import CopyUid, append_uid, copy_uid, selected
from mailbox.imap.errors import CommandRefused
from mailbox.imap.events import Event, Exists, FolderFlags, Status
from mailbox.imap.limits import LIMITS
from mailbox.wire import Refused
from tests.fakes.imap_script import SELECTED, client_of, imap_script, open_client, signed_in


def code(name: str, data: str = "") -> Status:
    return Status("", "OK", name, data, "")


@pytest.mark.parametrize(
    ("data", "pairs"),
    [
        ("38505 304,319:320 3956:3958", ((304, 3956), (319, 3957), (320, 3958))),
        ("1 5,3 10:11", ((5, 10), (3, 11))),  # the order counts, not the size
        ("1 4:2 7:9", ((2, 7), (3, 8), (4, 9))),
    ],
)
def test_copied_letters_are_matched_in_their_order(data: str, pairs: tuple[tuple[int, int], ...]) -> None:
    found = copy_uid([code("COPYUID", data)])
    assert found is not None
    assert found.pairs == pairs


@pytest.mark.parametrize(
    "data",
    ["1  5", "1 5 ", "", "1 2:3 9", "1 0 0", "1 1:4294967295 1:4294967295", "1 1:2:3 1:3", "1 , ,", "1 99999999999 1", "x"],
)
def test_a_copyuid_that_cannot_be_read_is_none(data: str) -> None:
    assert copy_uid([code("COPYUID", data)]) is None


def test_copyuid_may_stand_in_any_status() -> None:
    answers: list[Event] = [Exists(3), code("COPYUID", "1 2 3"), Status("A1", "OK", "", "", "done")]
    assert copy_uid(answers) == CopyUid(1, ((2, 3),))


@pytest.mark.parametrize("data", ["1", "1 2 3", "1 2:3", ""])
def test_an_appenduid_that_cannot_be_read_is_none(data: str) -> None:
    assert append_uid(code("APPENDUID", data)) is None


DONE = Status("A1", "OK", "READ-WRITE", "", "")


def test_all_that_a_folder_tells() -> None:
    told: list[Event] = [
        Exists(172), FolderFlags(("\\Seen", "$Junk")), code("UIDVALIDITY", "3857529045"), code("UIDNEXT", "4392"),
        code("HIGHESTMODSEQ", "715194045007"), code("PERMANENTFLAGS", "(\\Seen \\*)"),
    ]  # fmt: skip
    folder = selected(told, DONE, readonly=False)
    assert (folder.exists, folder.uidvalidity, folder.uidnext, folder.highestmodseq) == (172, 3857529045, 4392, 715194045007)
    assert folder.permanent_flags == ("\\Seen", "\\*")
    assert folder.keeps("anything")


@pytest.mark.parametrize(
    "told", [code("HIGHESTMODSEQ", "-1"), code("HIGHESTMODSEQ", "0"), code("NOMODSEQ"), code("UIDNEXT", "x")]
)
def test_what_is_missing_is_none(told: Status) -> None:
    folder = selected([code("UIDVALIDITY", "1"), told], DONE, readonly=False)
    assert (folder.highestmodseq, folder.uidnext) == (None, None)


def test_a_folder_may_be_open_for_reading_only() -> None:
    only = Status("A1", "OK", "READ-ONLY", "", "")
    assert selected([code("UIDVALIDITY", "1")], only, readonly=False).readonly


@pytest.mark.parametrize("told", [[], [code("UIDVALIDITY", "0")], [code("UIDVALIDITY", "9" * 30)]])
def test_without_uidvalidity_a_folder_is_of_no_use(told: list[Event]) -> None:
    with pytest.raises(Refused, match="UIDVALIDITY"):
        selected(told, DONE, readonly=True)


# --- Filing and moving, as far as codes decide ----------------------------------------------------------------------------


def test_a_letter_is_refused_before_it_has_travelled() -> None:
    script = 'C: APPEND "Sent" () {500000}\nS: $ NO [OVERQUOTA] full'
    with imap_script(signed_in("LITERAL+"), script) as server, open_client(server) as client:
        with pytest.raises(CommandRefused) as caught:
            client.append("Sent", b"x" * 500_000)
        assert caught.value.code == "OVERQUOTA"
    assert server.letters == []


def test_a_letter_beyond_the_servers_limit_is_not_even_announced() -> None:
    with imap_script(signed_in("APPENDLIMIT=100")) as server, open_client(server) as client:
        with pytest.raises(CommandRefused) as caught:
            client.append("Sent", b"x" * 101)
        assert caught.value.code == "TOOBIG"
    assert server.heard == ['LOGIN "alice" "secret"']


def test_a_large_letter_arrives_whole() -> None:
    raw = bytes(range(1, 256)) * 2000
    script = f'C: APPEND "Sent" (\\Seen) {{{len(raw)}}}\nS: + go\nOCTETS {len(raw)}\nMORE\nS: $ OK [APPENDUID 9 77]'
    with imap_script(signed_in("LITERAL+"), script) as server, open_client(server) as client:
        told = client.append("Sent", raw, ("\\Seen",))
    assert server.letters == [raw]
    assert (told.uidvalidity, told.uid) == (9, 77) if told else False


def test_a_move_tells_before_it_is_done() -> None:
    script = "C: UID MOVE 5 *\nS: * OK [COPYUID 1 5 9]\nS: * 1 EXPUNGE\nS: $ OK"
    with client_of(signed_in("MOVE"), SELECTED, script, limits=LIMITS) as client:
        client.select("INBOX", readonly=False)
        assert client.move([5], "Trash") == CopyUid(1, ((5, 9),))


def test_the_server_may_not_tell_where_letters_went() -> None:
    with client_of(signed_in("MOVE"), "C: UID MOVE *\nS: $ OK") as client:
        assert client.move([5], "Trash") is None
