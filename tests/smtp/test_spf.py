"""SPF: may this address send for this domain?"""

import pytest

from mailbox.smtp import spf
from tests.fakes.dns import Zone, serving

ADDRESS = "192.0.32.7"


def of(record: str, **more: object) -> str:
    zone: Zone = {
        "crepes.fr": {"TXT": [f'"{record}"'], "MX": ["10 mx.crepes.fr."], "A": [ADDRESS]},
        "mx.crepes.fr": {"A": [ADDRESS]},
        "us.example": {"TXT": [f'"v=spf1 ip4:{ADDRESS} -all"']},
        "others.example": {"TXT": ['"v=spf1 ip4:192.0.33.1 -all"']},
        "round.example": {"TXT": ['"v=spf1 include:round.example -all"']},
        "none.example": {"TXT": ['"google-site-verification=1"']},
    }
    with serving(zone) as server:
        return spf.evaluate("crepes.fr", ADDRESS, server.names)


RECORDS = {
    "v=spf1 ip4:192.0.32.0/24 -all": spf.PASS,
    "v=spf1 ip4:192.0.33.0/24 -all": spf.FAIL,
    "v=spf1 ip4:192.0.33.0/24 ~all": spf.SOFTFAIL,
    "v=spf1 ip6:2001:db8::/32 ?all": spf.NEUTRAL,
    "v=spf1 ip4:192.0.33.1": spf.NEUTRAL,
    "v=spf1 a -all": spf.PASS,
    "v=spf1 a:mx.crepes.fr/24 -all": spf.PASS,
    "v=spf1 mx -all": spf.PASS,
    "v=spf1 MX:elsewhere.example -all": spf.FAIL,
    "v=spf1 exists:mx.crepes.fr -all": spf.PASS,
    "v=spf1 include:us.example -all": spf.PASS,
    "v=spf1 include:others.example -all": spf.FAIL,
    "v=spf1 include:none.example -all": spf.ERROR,
    "v=spf1 include:round.example -all": spf.ERROR,
    "v=spf1 redirect=us.example": spf.PASS,
    "v=spf1 redirect=none.example": spf.ERROR,
    "v=spf1 -ip4:192.0.32.7 +all": spf.FAIL,
    "v=spf1 exists:%{i}.example -all": spf.ERROR,
    "v=spf1 nonsense -all": spf.ERROR,
    "v=spf1 ip4:300.1.2.3 -all": spf.ERROR,
    "v=spf10 +all": spf.NONE,
}


@pytest.mark.parametrize("record", RECORDS)
def test_what_a_receiver_makes_of_it(record: str) -> None:
    assert of(record) == RECORDS[record]


def test_two_records_are_an_error() -> None:
    with serving({"crepes.fr": {"TXT": ['"v=spf1 +all"', '"v=spf1 -all"']}}) as server:
        assert spf.evaluate("crepes.fr", ADDRESS, server.names) == spf.ERROR


def test_a_record_in_pieces_is_one() -> None:
    with serving({"crepes.fr": {"TXT": ['"v=spf1 ip4:192.0." "32.7 -all"']}}) as server:
        assert spf.evaluate("crepes.fr", ADDRESS, server.names) == spf.PASS
