"""What each folder is for: by the server's own word (SPECIAL-USE, RFC 6154), else by a name that people give it."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from mailbox.imap.events import Listed
from mailbox.imap.utf7 import decode

_USES = {
    "\\inbox": "inbox",  # XLIST, still given by some
    "\\sent": "sent",
    "\\drafts": "drafts",
    "\\archive": "archive",
    "\\junk": "junk",
    "\\spam": "junk",
    "\\trash": "trash",
    "\\all": "all",
    "\\allmail": "all",
}

# Folded names, blanks left out. Only names that mean one thing: "Bin" or "Outbox" would guess.
_NAMES = {
    "sent": """sent sentmail sentitems sentmessages 보낸편지함 보낸메일함 보낸메일 보낸메시지 보낸항목 gesendet gesendeteelemente
        gesendeteobjekte envoyés envoyes messagesenvoyés élémentsenvoyés enviados elementosenviados mensajesenviados
        itensenviados inviata postainviata elementiinviati verzonden verzondenitems отправленные 送信済み 送信済みメール
        送信済みアイテム 已发送 已发送邮件 已傳送 寄件備份""",
    "drafts": """draft drafts 임시보관함 임시메일함 임시저장함 임시저장 entwürfe entwurf brouillons borradores rascunhos bozze
        concepten черновики 下書き 草稿 草稿箱 草稿夹""",
    "trash": """trash deleted deleteditems deletedmessages 휴지통 지운편지함 지운메일함 지운편지 삭제된항목 papierkorb
        gelöschteelemente gelöschteobjekte corbeille élémentssupprimés papelera elementoseliminados lixeira lixo
        itensexcluídos cestino postaeliminata prullenbak verwijderdeitems корзина удаленные ごみ箱 ゴミ箱
        削除済みアイテム 已删除 已删除邮件 垃圾桶 刪除的郵件""",
    "junk": """junk junkmail junkemail junke-mail spam bulkmail 스팸 스팸편지함 스팸메일함 스팸메일 스팸함 정크메일 정크
        spamverdacht indésirables courrierindésirable pourriel correonodeseado nodeseado spamverdächtig
        postaindesiderata ongewenstee-mail спам 迷惑メール 垃圾邮件 垃圾郵件""",
    "archive": """archive archives archived 보관함 보관메일함 보관편지함 아카이브 archiv archivés archivo archivio arquivo
        archief архив アーカイブ 归档 存档 封存""",
}
_ROLES = {name: role for role, names in _NAMES.items() for name in unicodedata.normalize("NFC", names).casefold().split()}
_BLANKS = re.compile(r"[\s_]+")
_UNREACHABLE = frozenset({"\\noselect", "\\nonexistent"})


@dataclass(frozen=True, slots=True)
class ListedFolder:
    """`name` for people, `wire_name` for commands; `delimiter` is empty in a flat hierarchy; `role` as in the tables:
    inbox, sent, drafts, archive, junk, trash, all or empty. One folder at most has each role."""

    name: str
    wire_name: str
    delimiter: str
    role: str
    selectable: bool


def understand(listed: Iterable[Listed]) -> tuple[ListedFolder, ...]:
    """The folders in the order listed, each once. INBOX is INBOX in any case (RFC 9051 section 5.1)."""
    found: dict[str, Listed] = {}
    for line in listed:
        found.setdefault("INBOX" if line.wire_name.upper() == "INBOX" else line.wire_name, line)
    roles = _roles(found)
    return tuple(
        ListedFolder(decode(name), name, line.delimiter, roles.get(name, ""), not line.attributes & _UNREACHABLE)
        for name, line in found.items()
    )


def _roles(found: dict[str, Listed]) -> dict[str, str]:
    """wire name -> role. What the server says goes before any name, a name near the top before one further down."""
    taken: dict[str, str] = {"inbox": "INBOX"} if "INBOX" in found else {}
    reachable = {name: line for name, line in found.items() if not line.attributes & _UNREACHABLE and name != "INBOX"}
    for name, line in reachable.items():
        for attribute in sorted(line.attributes & _USES.keys()):
            taken.setdefault(_USES[attribute], name)
    for name, line in reachable.items():
        role = _role_by_name(name, line.delimiter)
        if role and name not in taken.values():
            taken.setdefault(role, name)
    return {name: role for role, name in taken.items()}


def _role_by_name(wire_name: str, delimiter: str) -> str:
    """Only of a folder at the top, or right below INBOX or [Gmail], which some servers put above everything."""
    path = decode(wire_name).split(delimiter) if delimiter else [decode(wire_name)]
    if len(path) > 1 and path[0].upper() in {"INBOX", "[GMAIL]", "[GOOGLE MAIL]"}:
        path = path[1:]
    return _ROLES.get(_BLANKS.sub("", path[0]).casefold(), "") if len(path) == 1 else ""
