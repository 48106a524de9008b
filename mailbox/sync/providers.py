"""Adding a mailbox: the servers of providers that many people have, so that they need not know them. Nothing is looked up."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Provider:
    """Endpoints without a user (the address signs in), and what a person should know first."""

    incoming: str
    outgoing: str
    note: str | Promise = ""


APP_PASSWORD = _("This provider wants an app password. Make one in the security settings of your account there.")
SWITCH_ON = _("Switch IMAP on in the mail settings of your account there first.")
BOTH = _("Switch IMAP on in the mail settings of your account there, and make an app password in its security settings.")
AUTHORIZATION_CODE = _("Switch IMAP on in the mail settings there. The code that they give you is the password here.")
BRIDGE = _("The Bridge program of Proton must run on a machine that this house may reach; it shows the password for this page.")
OWN_SIGN_IN = _("This provider lets other programs in only through its own sign-in page, which is not offered here yet.")

_OUTLOOK = Provider("imaps://outlook.office365.com:993", "submission://smtp-mail.outlook.com:587", OWN_SIGN_IN)
_GMAIL = Provider("imaps://imap.gmail.com:993", "submissions://smtp.gmail.com:465", APP_PASSWORD)
_YAHOO = Provider("imaps://imap.mail.yahoo.com:993", "submissions://smtp.mail.yahoo.com:465", APP_PASSWORD)
_APPLE = Provider("imaps://imap.mail.me.com:993", "submission://smtp.mail.me.com:587", APP_PASSWORD)
_GMX = Provider("imaps://imap.gmx.net:993", "submissions://mail.gmx.net:465", SWITCH_ON)
_YANDEX = Provider("imaps://imap.yandex.com:993", "submissions://smtp.yandex.com:465", BOTH)
_DAUM = Provider("imaps://imap.daum.net:993", "submissions://smtp.daum.net:465", BOTH)
_PROTON = Provider("imap+starttls://127.0.0.1:1143", "submission://127.0.0.1:1025", BRIDGE)

PROVIDERS: dict[str, Provider] = {
    **dict.fromkeys(("gmail.com", "googlemail.com"), _GMAIL),
    **dict.fromkeys(("outlook.com", "hotmail.com", "live.com", "msn.com", "outlook.kr"), _OUTLOOK),
    **dict.fromkeys(("yahoo.com", "yahoo.fr", "yahoo.de", "yahoo.co.uk", "yahoo.es", "yahoo.it", "ymail.com"), _YAHOO),
    **dict.fromkeys(("icloud.com", "me.com", "mac.com"), _APPLE),
    **dict.fromkeys(("gmx.de", "gmx.net", "gmx.at", "gmx.ch"), _GMX),
    **dict.fromkeys(("yandex.com", "yandex.ru", "ya.ru"), _YANDEX),
    **dict.fromkeys(("daum.net", "hanmail.net"), _DAUM),
    **dict.fromkeys(("proton.me", "protonmail.com", "pm.me"), _PROTON),
    "naver.com": Provider("imaps://imap.naver.com:993", "submissions://smtp.naver.com:465", BOTH),
    "kakao.com": Provider("imaps://imap.kakao.com:993", "submissions://smtp.kakao.com:465", BOTH),
    "nate.com": Provider("imaps://imap.nate.com:993", "submissions://smtp.mail.nate.com:465", SWITCH_ON),
    "qq.com": Provider("imaps://imap.qq.com:993", "submissions://smtp.qq.com:465", AUTHORIZATION_CODE),
    "163.com": Provider("imaps://imap.163.com:993", "submissions://smtp.163.com:465", AUTHORIZATION_CODE),
    "126.com": Provider("imaps://imap.126.com:993", "submissions://smtp.126.com:465", AUTHORIZATION_CODE),
    "aol.com": Provider("imaps://imap.aol.com:993", "submissions://smtp.aol.com:465", APP_PASSWORD),
    "fastmail.com": Provider("imaps://imap.fastmail.com:993", "submissions://smtp.fastmail.com:465", APP_PASSWORD),
    "mailbox.org": Provider("imaps://imap.mailbox.org:993", "submissions://smtp.mailbox.org:465"),
    "posteo.de": Provider("imaps://posteo.de:993", "submissions://posteo.de:465"),
    "web.de": Provider("imaps://imap.web.de:993", "submission://smtp.web.de:587", SWITCH_ON),
    "orange.fr": Provider("imaps://imap.orange.fr:993", "submissions://smtp.orange.fr:465"),
    "free.fr": Provider("imaps://imap.free.fr:993", "submissions://smtp.free.fr:465"),
    "zoho.com": Provider("imaps://imap.zoho.com:993", "submissions://smtp.zoho.com:465", SWITCH_ON),
}


def guess(address: str) -> Provider | None:
    """The servers of that address, if its provider is in the table."""
    _, at, domain = address.rpartition("@")
    return PROVIDERS.get(domain.strip().lower()) if at else None
