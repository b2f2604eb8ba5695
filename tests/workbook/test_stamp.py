"""The formats that may never change, worked out here from `xlplan/workbook/README.md` alone."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json

from xlplan.workbook.stamp import (
    check_row_key,
    fingerprint,
    manifest,
    parse_row_key,
    read_manifest,
    row_key,
)

KEY = bytes(range(32))


def mac(*parts: str) -> str:
    return hmac.new(KEY, b"\x1f".join(part.encode() for part in parts), hashlib.sha256).hexdigest()


def test_a_manifest_is_prefix_body_and_signature() -> None:
    payload = {"rows": 2, "plan": "caf\u00e9", "columns": ["ref", "rating"]}
    body = rb'{"columns":["ref","rating"],"plan":"caf\u00e9","rows":2}'
    encoded = base64.urlsafe_b64encode(body).decode()
    assert manifest(KEY, payload) == f"xlplan-stamp:1:{encoded}:{mac('manifest', encoded)}"
    assert json.loads(body) == payload


def test_a_row_key_is_workbook_row_and_sixteen_characters_of_its_signature() -> None:
    locked = "1.1\x1fReplace the boilers"
    signed = mac("row", "t-0a9f", "u-1", locked)[:16]
    assert row_key(KEY, "t-0a9f", "u-1", locked) == f"xr1.t-0a9f.u-1.{signed}"


def test_a_fingerprint_is_the_signature_of_its_own_name() -> None:
    assert fingerprint(KEY) == mac("fingerprint")


def test_what_was_signed_is_known_and_by_this_key_alone() -> None:
    text = manifest(KEY, {"issued": "t-0a9f"})
    for key, genuine in ((KEY, True), (KEY[1:], False)):
        known = read_manifest(key, text)
        assert known is not None
        assert (known.payload, known.genuine) == ({"issued": "t-0a9f"}, genuine)
    found = parse_row_key(f"  {row_key(KEY, 't-0a9f', 'new-1', 'x')} ")
    assert found is not None
    assert (found.issued, found.uid) == ("t-0a9f", "new-1")
    assert check_row_key(KEY, found, "x")
    assert not check_row_key(KEY, found, "y")
    assert not check_row_key(KEY[1:], found, "x")
