"""Replies whose words say something else than their code: our own observations, one a line. Pure.

The first that matches counts. A pattern is looked for in the whole reply, whatever its case; `codes` are the first digits
that it is looked for after. DEFER: it may work later. SLOW: later, and less often. REJECT: it never will.
"""

import re
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple

from mailbox.smtp.reply import Reply


class Action(StrEnum):
    DEFER = "defer"
    SLOW = "slow"
    REJECT = "reject"
    KEEP = "keep"  # as the code says; only the category is of use


class Category(StrEnum):
    GREYLIST = "greylist"  # the first letter of a stranger has to come twice
    RATE = "rate"  # too many at a time, or in an hour
    BLOCKLIST = "blocklist"  # a list has our address on it
    PROOF = "proof"  # SPF, DKIM, DMARC, PTR or the greeting name do not convince
    CONTENT = "content"  # taken for spam or worse
    FULL = "full"  # the mailbox is
    SIZE = "size"
    ADDRESS = "address"  # nobody is called that
    TROUBLE = "trouble"  # their own machinery has broken


class Ruling(NamedTuple):
    action: Action
    category: Category
    codes: str
    pattern: re.Pattern[str]


_TABLE = r"""
defer   greylist   45  gr[ae]y-?list
defer   greylist   5   (try|retry|come back) (again )?(later|in \d+)
defer   greylist   5   temporar(y|ily) (rejected|deferred|refused|unavailable|blocked)
slow    rate       45  (rate|connection|message|sending) limit|too many (messages|connections|e?mails|concurrent)|throttl
slow    rate       45  unusual(ly high)? rate|sending too (much|fast|many)|too fast|slow down|\bTSS0[0-9]\b|\b4\.7\.(28|650)\b
slow    rate       5   (daily|hourly|user) (sending )?(quota|limit) (was |has been |is )?(exceeded|reached)|\b5\.4\.5\b
defer   blocklist  5   spamhaus|spamcop|barracuda ?central|sorbs|uceprotect|\bsbl\b|\bpbl\b|\bzen\b|\b[rd]nsbl?\b|\brbl\b
defer   blocklist  5   block(ed)? (list(ed)?|using)|black-?list|deny-?list|poor reputation|bad reputation|\bS31[45]0\b|\bCS0?1\b
defer   blocklist  5   (your|this|client|sending) (ip|host|network|server|address)\b.{0,60}\b(blocked|listed|banned|reputation)
defer   trouble    5   milter|content filter (unavailable|error)|virus scanner|clamav|internal (server )?error|local error
defer   trouble    5   (database|ldap|mysql|backend|storage|disk|queue file) (error|failure|unavailable|is down|lookup)
defer   trouble    5   insufficient (system )?(storage|resources|disk)|no space left|out of memory|system (is )?(over)?load
defer   trouble    5   (sender|your) domain (not found|could not be resolved)|domain of sender address .* does not resolve
defer   trouble    5   (cannot|could not|unable to) (verify|resolve) (the )?(sender|your|address)|\b5\.1\.8\b
defer   trouble    5   (service|server|system|host) (is )?(currently |temporarily )?(not available|unavailable|busy|shutting down)
keep    proof      45  \bspf\b|\bdkim\b|\bdmarc\b|\b5\.7\.(20|21|22|23|24|25|26|27)\b|unauthenticated (e?mail|message|sender)
keep    proof      45  reverse dns|\bptr\b|\brdns\b|cannot find your (host|reverse)|helo.{0,40}(invalid|reject|not (found|resolv))
reject  size       4   \b4\.3\.4\b
keep    size       5   (message|mail|letter) (is )?too (big|large)|size.{0,20}exceed|exceed.{0,30}size|\b5\.3\.4\b|max.{0,20}size
keep    full       45  (mailbox|quota|storage|inbox|account).{0,30}(full|exceed)|over ?quota|out of storage|\b[45]\.2\.2\b
keep    address    5   (user|recipient|mailbox|address|account|addressee).{0,40}(unknown|not found|invalid|no longer|disabled)
keep    address    5   (no such|unknown|invalid|non-?existent) (user|recipient|mailbox|address|person|account|local)
keep    address    5   does(n't| not) (exist|have an?)|not a valid (user|mailbox|recipient)|recipient rejected|\b5\.1\.(1|10)\b
keep    content    45  spam|unsolicited|\bvirus\b|malware|phish|suspicious|(content|message|attachment).{0,30}(reject|block|refus)
"""


def _read(line: str) -> Ruling:
    action, category, codes, pattern = line.split(None, 3)
    return Ruling(Action(action), Category(category), codes, re.compile(pattern, re.IGNORECASE))


RULINGS = tuple(_read(line) for line in _TABLE.strip().splitlines())


@lru_cache(maxsize=1024)  # servers repeat themselves
def ruling_of(reply: Reply) -> Ruling | None:
    text = " ".join(reply.lines)
    kind = str(reply.kind)
    return next((one for one in RULINGS if kind in one.codes and one.pattern.search(text)), None)
