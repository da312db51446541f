"""The pictures of a recording for its report: each is put in once, and where another looks the same that is said.

What a step begins with is most often what the step before it ended with.
"""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from evidence import banner
from evidence.error import EvidenceError

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(slots=True)
class Album:
    """The pictures of the payload in `data`, taken in in the order of the report."""

    data: Path
    _shown: dict[bytes, str] = field(default_factory=dict)  # what a picture shows beneath its banner -> its path

    def address(self, path: str) -> str:
        """Return a picture as an address that holds it; empty when it is not there."""
        picture = self._file(path)
        return f"data:image/png;base64,{base64.b64encode(picture.read_bytes()).decode()}" if picture else ""

    def same_as(self, path: str) -> str:
        """Return the path of a picture that was put in before and shows, pixel for pixel, the same; else empty."""
        picture = self._file(path)
        if not picture:
            return ""
        looks = hashlib.sha256(banner.beneath(picture.read_bytes())).digest()
        before = self._shown.setdefault(looks, path)
        return "" if before == path else before

    def _file(self, path: str) -> Path | None:
        try:
            picture = (self.data / path.removeprefix("data/")).resolve()
            if not picture.is_relative_to(self.data.resolve()) or not picture.is_file():
                return None
        except (OSError, ValueError):  # No file has such a name.
            return None
        if picture.suffix != ".png":
            raise EvidenceError(f"{path}: only PNG pictures belong in a report")
        return picture
