"""What a listing means: roles, names, and which folders can be opened."""

import unicodedata
from base64 import b64encode

import pytest

from mailbox.imap.events import Listed
from mailbox.imap.folders import ListedFolder, understand
from mailbox.imap.utf7 import encode


def listed(name: str, *attributes: str, delimiter: str = "/") -> Listed:
    return Listed(encode(name), delimiter, frozenset(attributes))


def roles(*lines: Listed) -> dict[str, str]:
    return {folder.name: folder.role for folder in understand(lines)}


def test_the_servers_word_goes_before_the_name() -> None:
    assert roles(listed("Trash"), listed("Bin", "\\trash")) == {"Trash": "", "Bin": "trash"}


@pytest.mark.parametrize(
    ("name", "role"),
    [
        ("보낸편지함", "sent"), ("보낸 메일함", "sent"), ("임시보관함", "drafts"), ("휴지통", "trash"), ("지운 편지함", "trash"),
        ("스팸편지함", "junk"), ("스팸메일함", "junk"), ("정크 메일", "junk"), ("보관함", "archive"),
        ("Sent Items", "sent"), ("Sent Messages", "sent"), ("DRAFTS", "drafts"), ("Deleted Items", "trash"),
        ("Junk E-mail", "junk"),
        ("Gesendete Elemente", "sent"), ("Entwürfe", "drafts"), ("Corbeille", "trash"), ("下書き", "drafts"), ("已发送", "sent"),
        ("받은편지함", ""), ("Projects", ""), ("Outbox", ""), ("Sentinels", ""),
    ],
)  # fmt: skip
def test_well_known_names(name: str, role: str) -> None:
    assert roles(listed("INBOX"), listed(name))[name] == role


def test_decomposed_hangul_is_known_too() -> None:
    shifted = b64encode(unicodedata.normalize("NFD", "휴지통").encode("utf-16-be")).decode().rstrip("=").replace("/", ",")
    assert roles(Listed(f"&{shifted}-", "/", frozenset())) == {"휴지통": "trash"}


@pytest.mark.parametrize(
    ("name", "delimiter", "role"),
    [("INBOX.Sent", ".", "sent"), ("[Gmail]/Trash", "/", "trash"), ("INBOX/Sent", "/", "sent"), ("Work/Sent", "/", ""),
     ("Work/Sent", "", "")],
)  # fmt: skip
def test_only_names_near_the_top_count(name: str, delimiter: str, role: str) -> None:
    assert roles(listed(name, delimiter=delimiter))[name] == role


def test_each_role_is_given_once() -> None:
    assert roles(listed("Sent"), listed("Sent Items")) == {"Sent": "sent", "Sent Items": ""}


def test_a_folder_has_one_role() -> None:
    assert roles(listed("Drafts", "\\trash")) == {"Drafts": "trash"}


def test_inbox_is_inbox_in_any_case_and_once() -> None:
    assert understand([listed("Inbox"), listed("INBOX")]) == (ListedFolder("INBOX", "INBOX", "/", "inbox", True),)


def test_inbox_keeps_its_role() -> None:
    assert roles(listed("INBOX", "\\sent"))["INBOX"] == "inbox"


@pytest.mark.parametrize("attribute", ["\\noselect", "\\nonexistent"])
def test_what_cannot_be_opened_has_no_role(attribute: str) -> None:
    (folder,) = understand([listed("Trash", attribute)])
    assert (folder.selectable, folder.role) == (False, "")


def test_names_that_look_alike_stay_two_folders() -> None:
    composed, decomposed = Listed("&AOk-", "/", frozenset()), Listed("&AGUDAQ-", "/", frozenset())
    first, second = understand([composed, decomposed])
    assert first.name == second.name == "é"
    assert first.wire_name != second.wire_name


def test_a_folder_listed_twice_is_one() -> None:
    assert len(understand([listed("Work"), listed("Work")])) == 1


def test_the_order_is_the_servers() -> None:
    assert [folder.name for folder in understand([listed("b"), listed("a"), listed("b")])] == ["b", "a"]


def test_an_outbox_of_all_mail() -> None:
    assert roles(listed("[Gmail]/All Mail", "\\all"), listed("[Gmail]/Spam", "\\junk")) == {
        "[Gmail]/All Mail": "all", "[Gmail]/Spam": "junk",
    }  # fmt: skip


def test_ten_thousand_folders_and_a_thousand_levels() -> None:
    lines = [listed(f"Kunden/{number:05}/Rechnungen") for number in range(10_000)]
    lines.append(listed("/".join(["tief"] * 1000)))
    assert len({folder.wire_name for folder in understand(lines)}) == 10_001
