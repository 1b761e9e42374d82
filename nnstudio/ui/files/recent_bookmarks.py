"""The list of recently used files that Linux desktops share: one entry in it, and all that others wrote as it was.

The format is the Desktop Bookmark Specification of freedesktop.org, an XBEL file. It is edited where it stands, and not
read and written anew: what other programs keep in it, in whatever layout, is none of our business.
"""

import os
import re
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote, unquote_to_bytes
from xml.parsers import expat
from xml.sax.saxutils import quoteattr

NAME, TYPE = "nnstudio", "application/x-nnstudio"
EMPTY = b"""<?xml version="1.0" encoding="UTF-8"?>
<xbel version="1.0"
      xmlns:bookmark="http://www.freedesktop.org/standards/desktop-bookmarks"
      xmlns:mime="http://www.freedesktop.org/standards/shared-mime-info"
>
</xbel>
"""
DECLARED = "xmlns:bookmark", "xmlns:mime"
UNQUOTED = "/!$&'()*+,-.:=@_~"
"""What GLib leaves as it is in the address of a file."""
TAG = re.compile(rb"""<(?:[^<>"']|"[^"]*"|'[^']*')*>""")
CLOSING = re.compile(rb"</bookmark:application\s*>")
DATES = re.compile(rb"""(\s(?:modified|visited)=)(?:"[^"]*"|'[^']*')""")


class Found:
    """Where in a list the entry of a file is, in bytes; ValueError for a list that is none."""

    def __init__(self, content: bytes, file: Path) -> None:
        self.end = -1
        """Of the list."""
        self.bookmark = self.applications = -1
        """Where the entry begins, and where the programs in it end."""
        self.own: tuple[int, int] | None = None
        """From where to where we are among them."""
        self.count = 0
        self._file = os.fsencode(file)
        self._within: list[str] = []
        self._is_here = False
        self._own_begin = -1
        self._parser = parser = expat.ParserCreate()
        parser.XmlDeclHandler = check_encoding
        parser.EntityDeclHandler = refuse
        parser.StartElementHandler, parser.EndElementHandler = self._begin, self._finish
        try:
            parser.Parse(content, True)
        except expat.ExpatError as error:
            raise ValueError(str(error)) from None

    def _begin(self, name: str, attributes: dict[str, str]) -> None:
        self._within.append(name)
        if len(self._within) == 1 and (name != "xbel" or not all(one in attributes for one in DECLARED)):
            raise ValueError("no list of bookmarks")
        if self._within == ["xbel", "bookmark"]:
            self._is_here = unquote_to_bytes(attributes.get("href", "")) == b"file://" + self._file
            if self._is_here:
                self.bookmark, self.applications, self.own = self._parser.CurrentByteIndex, -1, None
        elif self._is_here and name == "bookmark:application" and attributes.get("name") == NAME:
            self._own_begin = self._parser.CurrentByteIndex
            count = attributes.get("count", "")
            self.count = int(count) if count.isascii() and count.isdigit() else 0

    def _finish(self, name: str) -> None:
        here = self._parser.CurrentByteIndex
        if self._within == ["xbel"]:
            self.end = here
        elif self._is_here and name == "bookmark:applications":
            self.applications = here
        elif self._is_here and name == "bookmark:application" and self._own_begin >= 0:
            self.own, self._own_begin = (self._own_begin, here), -1
        self._within.pop()


def with_file(content: bytes, file: Path, now: datetime | None = None) -> bytes:
    """A list with this file as one that was just used here; b"" stands for a list that is not there yet. ValueError for
    what is no such list, or one with parts that nobody needs there."""
    content = content or EMPTY
    found = Found(content, file)
    date = f"{now or datetime.now(UTC):%Y-%m-%dT%H:%M:%S.%fZ}"
    if found.bookmark < 0:
        check_tag(content, found.end, b"</xbel")
        return content[: found.end] + entry(file, date) + content[found.end :]
    tag = TAG.match(content, found.bookmark)
    if tag is None or found.applications < 0:
        raise ValueError("an entry without programs")
    begun = DATES.sub(rb'\g<1>"' + date.encode() + b'"', tag[0])
    ours = application(date, found.count + 1)
    if found.own is not None:
        begin, end = found.own
        closing = CLOSING.match(content, end)
        end = closing.end() if closing else end  # of `<a/>` it is already the end
    else:
        check_tag(content, found.applications, b"</bookmark:applications")
        begin = end = found.applications
        ours += b"\n          "
    return content[: found.bookmark] + begun + content[tag.end() : begin] + ours + content[end:]


def check_tag(content: bytes, place: int, begin: bytes) -> None:
    """ValueError where something is to be put before a tag that is not there, such as the end of `<a/>`."""
    if not content.startswith(begin, place):
        raise ValueError("nothing can be put there")


def check_encoding(_version: str, encoding: str | None, _standalone: int) -> None:
    if (encoding or "utf-8").lower() != "utf-8":
        raise ValueError("not UTF-8")


def refuse(*_given: object) -> None:
    raise ValueError("names for texts, which could be endless")


def entry(file: Path, date: str) -> bytes:
    """A file that is not in the list yet."""
    address = quoteattr("file://" + quote(os.fsencode(file), safe=UNQUOTED))
    return f"""  <bookmark href={address} added="{date}" modified="{date}" visited="{date}">
    <info>
      <metadata owner="http://freedesktop.org">
        <mime:mime-type type="{TYPE}"/>
        <bookmark:applications>
          {application(date, 1).decode()}
        </bookmark:applications>
      </metadata>
    </info>
  </bookmark>
""".encode()


def application(date: str, count: int) -> bytes:
    """That we have opened or saved it so often."""
    return (
        f'<bookmark:application name="{NAME}" exec="&apos;{NAME} %u&apos;" modified="{date}" count="{count}"/>'.encode()
    )
