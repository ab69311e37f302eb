"""Writes python-tars.json: archives of Python's tarfile in each of its formats, and what tarfile reads in them.

    python3 python-tars.py > python-tars.json
"""

import base64
import gzip
import io
import json
import tarfile


def member(name, data=b"", **fields):
    info = tarfile.TarInfo(name)
    info.size = len(data)
    for key, value in fields.items():
        setattr(info, key, value)
    return info, data


PLAIN = [
    member("a.jpg", b"\xff\xd8\xff" + bytes(range(256)), mtime=1700000000, uid=1000, uname="someone"),
    member("empty.cls"),
    member("Ann", type=tarfile.DIRTYPE),
    member("Ann/1.jpg", b"x" * 511),
    member("Ann/2.jpg", b"y" * 512),
    member("Ann/3.jpg", b"z" * 513),
    member("link.jpg", type=tarfile.SYMTYPE, linkname="a.jpg"),
    member("hard.jpg", type=tarfile.LNKTYPE, linkname="a.jpg"),
    member("pipe", type=tarfile.FIFOTYPE),
    member("folder/" * 20 + "in-the-prefix.jpg", b"prefix"),
]
LONG = [
    member("n" * 300 + ".jpg", b"long"),
    member("f" * 200 + "/" + "n" * 200 + ".jpg", b"longer"),
    member("link.jpg", type=tarfile.SYMTYPE, linkname="t" * 200),
    member("after.cls", b"1"),
]
UNICODE = [member("Zoë/日本.jpg", b"name"), member("after.cls", b"2")]
MANY_FIELDS = [
    member("x.jpg", b"fields", mtime=1.5, pax_headers={"SCHILY.xattr.user.a": "b\n=c", "comment": "so"}),
    member("after.cls", b"3"),
]


def archive(members, format, **options):
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w", format=format, **options) as tar:
        for info, data in members:
            tar.addfile(info, io.BytesIO(data))
    return file.getvalue()


def binary_size():
    """A size that GNU writes in binary, as of files of more than 8 GiB."""
    data = bytearray(archive([member("a.jpg", b"binary")], tarfile.GNU_FORMAT))
    data[124:136] = b"\x80" + (6).to_bytes(11, "big")
    data[148:156] = b" " * 8
    data[148:156] = b"%06o\0 " % sum(data[:512])
    return bytes(data)


def described(data):
    with tarfile.open(fileobj=io.BytesIO(data)) as tar:
        files = [[info.name, tar.extractfile(info).read().hex()] for info in tar if info.isreg()]
    return {"archive": base64.b64encode(gzip.compress(data, mtime=0)).decode(), "files": files}


archives = {
    "ustar": archive(PLAIN, tarfile.USTAR_FORMAT),
    "gnu": archive(PLAIN + LONG, tarfile.GNU_FORMAT),
    "pax": archive(PLAIN + LONG + UNICODE + MANY_FIELDS, tarfile.PAX_FORMAT),
    "pax, fields of all": archive(UNICODE + PLAIN, tarfile.PAX_FORMAT, pax_headers={"comment": "of all"}),
    "gnu, binary size": binary_size(),
    "empty": archive([], tarfile.USTAR_FORMAT),
}
print(json.dumps({name: described(data) for name, data in archives.items()}, indent=1, ensure_ascii=False))
