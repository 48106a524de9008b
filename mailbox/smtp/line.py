"""The socket under a talk, with a clock beside it: every stretch within its limit, and a pulse while it goes on."""

import socket
import ssl
import struct
from collections.abc import Callable
from ipaddress import ip_address
from time import monotonic

from mailbox.smtp.phase import Phase, Timeouts
from mailbox.smtp.proof import Proof
from mailbox.smtp.reply import Reply, ReplyReader
from mailbox.wire import Endpoint, Guard, TryLater, connect, secure

BLOCK = 65536  # octets in one write, each within Timeouts.block

_AFTER_THE_LETTER = {Phase.DOT, Phase.QUIT}  # they get their time whatever the talk has taken


class Line:
    """`pulse` is called every `timeouts.pulse` seconds while something is waited for; what it raises ends the talk."""

    def __init__(
        self,
        endpoint: Endpoint,
        guard: Guard,
        timeouts: Timeouts,
        trust: ssl.SSLContext | None = None,
        pulse: Callable[[], object] | None = None,
    ) -> None:
        """Connect. Raises TryLater or Refused."""
        self.host = endpoint.host
        self.timeouts = timeouts
        self._limits = {phase: timeouts.of(phase) for phase in Phase}
        self._pulse = pulse
        self._socket = connect(endpoint, guard, timeout=timeouts.connect, trust=trust)
        self._reader = ReplyReader()
        self._proven = ""
        self._patience = 0.0
        self._be_patient(timeouts.pulse)
        self._pulsed_at = monotonic()
        self._talk_end = 0.0
        self.begin()

    @property
    def address(self) -> str:
        """The IP address at the other end."""
        return str(self._socket.getpeername()[0])

    @property
    def literal(self) -> str:
        """Our own address on this line, as a name to greet with (RFC 5321 section 4.1.3)."""
        ip = ip_address(str(self._socket.getsockname()[0]).partition("%")[0])
        return f"[{ip}]" if ip.version == 4 else f"[IPv6:{ip}]"

    @property
    def tls(self) -> str:
        """Such as "TLSv1.3, certificate verified (DANE)", or "" on a plain line."""
        if not isinstance(self._socket, ssl.SSLSocket):
            return ""
        if self._proven:
            return f"{self._socket.version()}, {self._proven}"
        proof = "verified" if self._socket.context.verify_mode == ssl.CERT_REQUIRED else "not verified"
        return f"{self._socket.version()}, certificate {proof}"

    @property
    def has_unread(self) -> bool:
        """Whether more has come than was read."""
        return self._reader.has_unread

    def begin(self) -> None:
        """The time of the whole talk runs from here."""
        self._talk_end = monotonic() + self.timeouts.talk

    def secure(self, trust: ssl.SSLContext | None, proof: Proof | None = None) -> bool:
        """TLS from here on; whether the server had said something ahead of it, which is dropped (RFC 3207 section 4.2)."""
        injected = self._reader.drop()
        self._socket = line = secure(self._socket, self.host, timeout=self.timeouts.starttls, trust=trust)
        self._proven = proof.check(line, self.host) if proof else ""
        self._be_patient(self._patience)
        return injected

    def write(self, data: bytes, phase: Phase) -> None:
        """Raises TryLater when the line is gone or a block is not taken in its time."""
        rest = memoryview(data)
        end = self._end(phase)
        while rest:
            self._wait_until(end)
            try:
                rest = rest[self._socket.send(rest[:BLOCK]) :]
            except (TimeoutError, BlockingIOError):
                continue
            except OSError as error:
                raise TryLater(f"{self.host} hung up.") from error
            end = self._end(phase)

    def read(self, phase: Phase) -> Reply:
        """The next reply, whole within the phase's limit. Raises TryLater (Botched if it is no SMTP)."""
        if reply := self._reader.take():
            return reply
        end = self._end(phase)
        while not reply:
            self._reader.feed(self._receive(end))
            reply = self._reader.take()
        return reply

    def close(self) -> None:
        self._socket.close()

    def _end(self, phase: Phase) -> float:
        end = monotonic() + self._limits[phase]
        return end if phase in _AFTER_THE_LETTER else min(end, self._talk_end)

    def _receive(self, end: float) -> bytes:
        while True:
            self._wait_until(end)
            try:
                data = self._socket.recv(BLOCK)
            except (TimeoutError, BlockingIOError):
                continue
            except OSError as error:
                raise TryLater(f"{self.host} hung up.") from error
            if not data:
                raise TryLater(f"{self.host} hung up.")
            return data

    def _wait_until(self, end: float) -> None:
        """Let the next call on the socket take what is left, a slice at most."""
        now = monotonic()
        if now >= end:
            raise TryLater(f"{self.host} did not answer in time.")
        if self._pulse and now - self._pulsed_at >= self.timeouts.pulse:
            self._pulsed_at = now
            self._pulse()
        if (patience := min(end - now, self.timeouts.pulse)) != self._patience:
            self._be_patient(patience)

    def _be_patient(self, seconds: float) -> None:
        """How long one call on the socket may take. On a plain line the kernel keeps the time, which spares a poll at every
        call; TLS needs Python to do it."""
        self._patience = seconds
        if isinstance(self._socket, ssl.SSLSocket):
            self._socket.settimeout(seconds)
            return
        self._socket.settimeout(None)
        limit = struct.pack("ll", int(seconds), max(int(seconds % 1 * 1_000_000), 1))
        for option in (socket.SO_RCVTIMEO, socket.SO_SNDTIMEO):
            self._socket.setsockopt(socket.SOL_SOCKET, option, limit)
