"""zipfile stops where a part says that it ends: one that goes on is read as its beginning."""

import io
import struct
import zipfile
import zlib

file = io.BytesIO()
with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as package:
    package.writestr("a.xml", b"<a>" + b" " * 1000 + b"</a>")
data = bytearray(file.getvalue())
beginning = b"<a>" + b" " * 7
with zipfile.ZipFile(io.BytesIO(bytes(data))) as package:
    for at in (14, package.start_dir + 16):  # in the part's own header, and in the list
        struct.pack_into("<I", data, at, zlib.crc32(beginning))
        struct.pack_into("<I", data, at + 8, len(beginning))

with zipfile.ZipFile(io.BytesIO(bytes(data))) as package:
    print(f"zipfile reads {package.read('a.xml')!r} of 1,007 bytes, and finds no fault")
    assert package.read("a.xml") == beginning
    assert package.testzip() is None
