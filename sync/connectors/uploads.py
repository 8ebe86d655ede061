"""Files on their way to a tracker: counted and hashed while they stream, alone or in a multipart body."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from secrets import token_hex

from portal.core.errors import Missing, Unavailable
from sync.engine.types import Attach

#: before the number of a file, where comments are numbered by themselves: a part's id is unique within a system
FILE = "file-"


def file_number(part: str) -> str:
    """The tracker's number of a file that a part stands for. Raises Missing for a part that is none."""
    number = part.removeprefix(FILE)
    if number == part or not (number.isascii() and number.isdigit()):
        raise Missing("There is no file of that number.")
    return number


def whole_file(step: Attach, pieces: Iterator[bytes], note: Callable[[bytes], None]) -> Iterator[bytes]:
    """The file's bytes, each told to `note`. Raises Unavailable when they are not as many as were announced."""
    left = step.size
    for piece in pieces:
        left -= len(piece)
        if left < 0:
            break
        note(piece)
        yield piece
    if left:
        raise Unavailable(f"The file {step.name} is not as long as it was. It is read and sent again.", sent=False)


@dataclass(frozen=True, slots=True)
class Multipart:
    """A form with some text fields and one file at its end: `head`, the file's bytes, `tail`."""

    boundary: str
    head: bytes
    tail: bytes

    @classmethod
    def of(cls, step: Attach, field: str, fields: Mapping[str, str], media_type: str = "") -> "Multipart":
        """The form around a file; names are escaped as browsers do."""
        boundary = token_hex(16)
        head = "".join(
            f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
            for name, value in fields.items()
        )
        name = step.name.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")
        kind = media_type or step.media_type
        kind = kind if kind and kind.isascii() and kind.isprintable() else "application/octet-stream"
        head += (
            f'--{boundary}\r\nContent-Disposition: form-data; name="{field}"; filename="{name}"\r\n'
            f"Content-Type: {kind}\r\n\r\n"
        )
        return cls(boundary, head.encode("utf-8", "replace"), f"\r\n--{boundary}--\r\n".encode())

    def headers(self, size: int) -> dict[str, str]:
        """The headers of the whole body, whose file has `size` bytes."""
        return {
            "Content-Type": f"multipart/form-data; boundary={self.boundary}",
            "Content-Length": str(len(self.head) + size + len(self.tail)),
        }

    def stream(self, pieces: Iterator[bytes]) -> Iterator[bytes]:
        """The whole body."""
        yield self.head
        yield from pieces
        yield self.tail
