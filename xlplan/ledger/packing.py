"""How a long event lies in the database: deflated, with the words that events have in common known.

An event's hash is of its text, so packing changes nothing of what the chain says. What a ledger
holds already is never written anew, and `_WORDS` and `_SHORT` are for ever: a change of them would
be another format.
"""

from __future__ import annotations

import zlib

_SHORT = 600
"""Bytes up to which a text stays as it is: packing it would win next to nothing."""
_MOST = 256 << 20
"""Bytes that one event can come to; what claims to be more was not written by xlplan."""
_WORDS = (
    b'{"as_of":,"author":"","cycle":"","document":"template","fields":["action","lead","due"],'
    b'"file":"outbox/.xlsx","id":"t-","inputs":["rating","progress"],"ours":{"brought":{"fills":'
    b'["#1F3864","#D9E2F3"],"texts":{}},"texts":{}},"reference":"","return_by":"","sha256":"",'
    b'"uids":["a-","a-"]}{"assertions":[{"base":"w-","cell":"F9","field":"progress","id":"w-",'
    b'"kind":"edit","raw":"","sheet":"Update","uid":"a-","value":""},{"base":null,"cell":"G10",'
    b'"field":"rating","id":"w-","kind":"edit","raw":"","sheet":"Update","uid":"a-","value":null}],'
    b'"author":"","cycle":"","fields":[],"file":"inbox/.xlsx","id":"r-","information":[],'
    b'"issued":"t-","outcome":"merged","problems":[],"rows":{},"saved_at":"","sha256":"'
)
"""What is not said again in an event; the commonest stands last, where zlib finds it cheapest."""


def packed(text: str) -> str | bytes:
    """A text as it is to be stored."""
    data = text.encode("utf-8", "surrogatepass")
    if len(data) <= _SHORT:
        return text
    press = zlib.compressobj(6, zlib.DEFLATED, -zlib.MAX_WBITS, zdict=_WORDS)
    return press.compress(data) + press.flush()


def unpacked(stored: object) -> object:
    """The text of what is stored; anything that `packed` did not make is given back as it is."""
    if not isinstance(stored, bytes):
        return stored
    release = zlib.decompressobj(-zlib.MAX_WBITS, zdict=_WORDS)
    try:
        data = release.decompress(stored, _MOST)
        text = data.decode("utf-8", "surrogatepass")
    except (zlib.error, UnicodeError):
        return stored
    return text if release.eof and not release.unused_data and len(data) > _SHORT else stored
