"""What the lines share: who to talk to, who we are, what can go wrong, and the one guarded way out."""

import re
import socket
import ssl
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cache
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network
from time import monotonic
from typing import Literal, Self
from urllib.parse import quote, unquote, urlsplit

import idna

Security = Literal["tls", "starttls", "plain"]

# scheme: (protocol, security, port when none is written). STARTTLS is required, never opportunistic, on these.
SCHEMES: dict[str, tuple[str, Security, int]] = {
    "imaps": ("imap", "tls", 993),
    "imap+starttls": ("imap", "starttls", 143),
    "imap+plain": ("imap", "plain", 143),
    "pop3s": ("pop3", "tls", 995),
    "pop3+starttls": ("pop3", "starttls", 110),
    "pop3+plain": ("pop3", "plain", 110),
    "submissions": ("smtp", "tls", 465),
    "submission": ("smtp", "starttls", 587),
    "smtp+plain": ("smtp", "plain", 25),
    "direct": ("mx", "plain", 25),
}

# What a letter may name beside that; nobody writes these as the server of a mailbox.
WEB: dict[str, tuple[str, Security, int]] = {"https": ("http", "tls", 443), "http": ("http", "plain", 80)}
WEB_PORTS = frozenset({80, 443})


class WireError(Exception):
    """Something a line ran into; the text is one plain sentence for a person."""


class TryLater(WireError):
    """It may work another time: no answer, a dropped line, a busy or throttling server."""


class Busy(TryLater):
    """The server asks for patience; `seconds` is its own hint, capped, or None."""

    def __init__(self, sentence: str, seconds: float | None = None) -> None:
        super().__init__(sentence)
        self.seconds = seconds


class Refused(WireError):
    """The other side, or our own guard, said no and will say so again."""


class NoSuchHost(Refused):
    """DNS knows no such host, which a name server in trouble says of real ones too."""


class Forbidden(Refused):
    """Our own guard: the host is private, or its port is none of mail."""


class SignInFailed(WireError):
    """The name or the password is not accepted."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One server as a person writes it: `imaps://user@host:993`; `direct:` stands for the recipients' own MX hosts."""

    scheme: str
    host: str = ""
    port: int = 0
    user: str = ""

    @classmethod
    def parse(cls, text: str) -> Self:
        """Raises ValueError with a plain sentence if that is no endpoint."""
        scheme, colon, _ = text.partition(":")
        if not colon or scheme not in SCHEMES:
            raise ValueError(f"{text!r} does not start with one of {', '.join(f'{known}:' for known in SCHEMES)}")
        if scheme == "direct":
            return cls(scheme)
        parts = urlsplit(text)
        try:
            port = parts.port or SCHEMES[scheme][2]
        except ValueError:
            raise ValueError(f"{text!r} has no usable port; ports are numbers from 1 to 65535") from None
        if not parts.hostname:
            raise ValueError(f"{text!r} names no host")
        return cls(scheme, parts.hostname, port, unquote(parts.username or ""))

    def __str__(self) -> str:
        if self.scheme == "direct":
            return "direct:"
        user = f"{quote(self.user, safe='')}@" if self.user else ""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{user}{host}:{self.port}"

    @property
    def protocol(self) -> str:
        return (SCHEMES | WEB)[self.scheme][0]

    @property
    def security(self) -> Security:
        return (SCHEMES | WEB)[self.scheme][1]


@dataclass(frozen=True, slots=True)
class Credentials:
    user: str
    password: str = field(repr=False)


# What no host of the world answers on: the special-purpose registries of IANA (RFC 6890 and its updates).
_CLOSED = tuple(
    ip_network(block)
    for block in (
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
        "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24",
        "224.0.0.0/4", "240.0.0.0/4",
        "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20",
    )
)  # fmt: skip
_GLOBAL_V6 = IPv6Network("2000::/3")  # the only block from which IPv6 unicast addresses are given out (RFC 4291 section 2.4)
_NAT64 = IPv6Network("64:ff9b::/96")  # an IPv4 address in its last 32 bits (RFC 6052)

MAIL_PORTS = frozenset({25, 26, 110, 143, 465, 587, 993, 995, 2465, 2525, 2587})
_HOST = re.compile(r"[A-Za-z0-9._:%-]{1,253}")
_MOST_ADDRESSES = 6


LookUp = Callable[[str, int], list[tuple[int, str]]]  # host and port to (family, address) pairs; raises TryLater or NoSuchHost


@dataclass(frozen=True, slots=True)
class Guard:
    """Which addresses a line may go to. `allow`: networks in CIDR notation that are private but allowed, on any port;
    everywhere else only global unicast addresses, and only the ports of mail. `look_up`: where addresses come from; None:
    from this machine's own resolver."""

    allow: tuple[str, ...] = ()
    ports: frozenset[int] = MAIL_PORTS
    look_up: LookUp | None = None

    def permits(self, address: str, port: int) -> bool:
        ip = _inner(ip_address(address.partition("%")[0]))
        if any(ip in ip_network(block, strict=False) for block in self.allow):
            return True
        return port in self.ports and not _is_closed(ip)


def _inner(ip: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    """The IPv4 address that an IPv6 one leads to, if it does."""
    if isinstance(ip, IPv6Address):
        if ip.ipv4_mapped:
            return ip.ipv4_mapped
        if ip in _NAT64:
            return IPv4Address(int(ip) & 0xFFFFFFFF)
    return ip


def _is_closed(ip: IPv4Address | IPv6Address) -> bool:
    if isinstance(ip, IPv6Address) and ip not in _GLOBAL_V6:
        return True
    return any(ip in block for block in _CLOSED)


def connect(endpoint: Endpoint, guard: Guard, *, timeout: float = 30, trust: ssl.SSLContext | None = None) -> socket.socket:
    """An open line to that server, with TLS on it if the endpoint says "tls"; `timeout` in seconds for all of it.

    The name is looked up once and the line goes to an address that was checked, so a name that changes its mind between
    the check and the use (DNS rebinding) gains nothing. Raises TryLater or Refused."""
    end = monotonic() + timeout
    line = _open(endpoint, _look_up(endpoint, guard), end)
    line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    if endpoint.security == "tls":
        line = secure(line, endpoint.host, timeout=max(end - monotonic(), 0.001), trust=trust)
    line.settimeout(timeout)
    return line


def _look_up(endpoint: Endpoint, guard: Guard) -> list[tuple[int, str]]:
    """The (family, address) pairs that the guard permits. Raises TryLater or Refused."""
    pairs = (guard.look_up or _ask_this_machine)(ascii_host(endpoint.host), endpoint.port)
    in_the_clear = endpoint.scheme.endswith("+plain")  # a password would be readable on its way through the world
    guard = replace(guard, ports=frozenset()) if in_the_clear else guard
    permitted = [pair for pair in pairs if guard.permits(pair[1], endpoint.port)]
    if not permitted and in_the_clear:
        raise Forbidden(
            f"This house speaks to {endpoint.host} only under TLS: it is not among the private hosts that are allowed."
        )
    if not permitted:
        raise Forbidden(
            f"This house does not connect to {endpoint.host} on port {endpoint.port}: it is private, or no port of mail."
        )
    return permitted[:_MOST_ADDRESSES]


def _ask_this_machine(host: str, port: int) -> list[tuple[int, str]]:
    try:
        found = socket.getaddrinfo(host.encode(), port, type=socket.SOCK_STREAM)
    except socket.gaierror as error:
        if error.errno in {socket.EAI_NONAME, getattr(socket, "EAI_NODATA", socket.EAI_NONAME)}:
            raise NoSuchHost(f"There is no host called {host}.") from None
        raise TryLater(f"The address of {host} could not be looked up.") from None
    return [(int(family), str(address[0])) for family, _, _, _, address in found]


def ascii_host(host: str) -> str:
    """The name as DNS and TLS want it (A-labels, RFC 5891), without a final dot. Raises Refused if it is no host name."""
    try:
        plain = host if host.isascii() else idna.encode(host, uts46=True).decode()
    except idna.IDNAError:
        plain = ""
    if not _HOST.fullmatch(plain) or not plain.strip("."):
        raise Refused(f"{host!r} is not a host name.")
    return plain.rstrip(".")


def _open(endpoint: Endpoint, pairs: list[tuple[int, str]], end: float) -> socket.socket:
    """The first address that answers; each gets an equal share of the time that is left."""
    trouble: OSError = TimeoutError()
    for left, (family, address) in zip(range(len(pairs), 0, -1), pairs, strict=True):
        line = socket.socket(family, socket.SOCK_STREAM)
        line.settimeout(max((end - monotonic()) / left, 0.001))
        try:
            line.connect((address, endpoint.port))
        except OSError as error:
            line.close()
            trouble = error
        else:
            return line
    raise TryLater(_no_answer(endpoint, trouble)) from trouble


def _no_answer(endpoint: Endpoint, error: OSError) -> str:
    if isinstance(error, ConnectionRefusedError):
        return f"{endpoint.host} takes no connections on port {endpoint.port}."
    if isinstance(error, TimeoutError):
        return f"{endpoint.host} does not answer on port {endpoint.port}."
    return f"{endpoint.host} cannot be reached on port {endpoint.port} ({error.strerror or type(error).__name__})."


def secure(sock: socket.socket, host: str, *, timeout: float, trust: ssl.SSLContext | None = None) -> ssl.SSLSocket:
    """The same line with TLS on it (1.2 or newer), the certificate checked against `host`; `timeout` in seconds.

    After STARTTLS the caller must first have dropped whatever it read past the server's go-ahead (RFC 3207 section 4.2).
    The plain socket is closed when this fails. Raises TryLater, or Refused with what is wrong with the certificate."""
    sock.settimeout(timeout)
    try:
        return (trust or default_trust()).wrap_socket(sock, server_hostname=ascii_host(host))
    except (OSError, ValueError) as error:
        sock.close()
        raise _tls_trouble(host, error) from error


@cache
def default_trust() -> ssl.SSLContext:
    """The authorities this machine trusts (SSL_CERT_FILE and SSL_CERT_DIR are honoured), TLS 1.2 or newer."""
    context = ssl.create_default_context()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


# What OpenSSL's X509_V_ERR codes mean to a person.
_CERTIFICATE = {
    9: "is not valid yet",
    10: "has expired",
    18: "is signed by nobody but itself",
    19: "comes from an issuer that is not known here",
    20: "comes from an issuer that is not known here",
    21: "comes from an issuer that is not known here",
    23: "has been revoked",
    62: "is for another name",
    64: "is for another address",
}


def _tls_trouble(host: str, error: Exception) -> WireError:
    if isinstance(error, ssl.SSLCertVerificationError):
        fault = _CERTIFICATE.get(error.verify_code, f"does not verify ({error.verify_message})")
        return Refused(f"The certificate of {host} {fault}.")
    if isinstance(error, TimeoutError):
        return TryLater(f"{host} did not finish the TLS handshake in time.")
    if isinstance(error, ssl.SSLError) and error.reason == "WRONG_VERSION_NUMBER":
        return Refused(f"{host} does not speak TLS on that port.")
    if isinstance(error, ssl.SSLError) and "PROTOCOL" in (error.reason or ""):
        return Refused(f"{host} offers no TLS version that is safe to use.")
    return TryLater(f"{host} broke off the TLS handshake.")
