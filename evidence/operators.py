"""By whose key each part of a run was sealed: an approval given in it must not be of that key.

A run that went on has parts, each perhaps by somebody else. Whoever approved a step in one may carry out the next.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

from evidence import manifest, package, sshsig
from evidence.chain import canonical, digest, lines_sealed

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

_CUT_SHORT = "cut short"  # status of a run that was killed, and packaged by anybody


@dataclass(frozen=True, slots=True)
class Operators:
    """`ends`: how many lines each sealing held, oldest first, and its key; `begins`: after how many a part began."""

    ends: tuple[tuple[int, str], ...] = ()
    begins: frozenset[int] = frozenset()

    @classmethod
    def of(cls, folder: Path, entries: Sequence[dict[str, Any]], facts: dict[str, Any]) -> Self:
        """Find them out; `facts` is what `run.json` holds."""
        noted = facts.get("resumed")
        heads = (
            {str(one.get("journal_before")) for one in noted if isinstance(one, dict)}
            if isinstance(noted, list)
            else set()
        )
        begins = {number - 1 for number, entry in enumerate(entries, 1) if entry["kind"] == "resumed"}
        begins |= {number for number, entry in enumerate(entries, 1) if digest(canonical(entry)) in heads}
        ends = ((_lines(folder, place), _key(place)) for place in package.sealings(folder))
        return cls(tuple(ends), frozenset(begins))

    def key(self, line: int) -> str:
        """Return the key, as `SHA256:…`, that sealed the part in which `line` stands.

        Empty where nobody can tell: that part was killed, and somebody sealed it with a later one.
        """
        end, key = next(((end, key) for end, key in self.ends if end >= line), (0, ""))
        return "" if any(line <= began < end for began in self.begins) else key


def _lines(folder: Path, place: Path) -> int:
    sealed = manifest.read(place, package.MANIFEST).entries.get(package.JOURNAL, "")
    return lines_sealed(folder / package.JOURNAL, sealed)


def _key(place: Path) -> str:
    """Return the key that made a sealing; empty where its part was cut short, or the signature tells none."""
    if package.read_info(place).get(package.STATUS) == _CUT_SHORT:
        return ""
    try:
        armoured = (place / package.SIGNATURE).read_text(encoding="ascii")
        key = sshsig.verify(armoured, (place / package.TAG_MANIFEST).read_bytes(), package.NAMESPACE)
    except (OSError, UnicodeDecodeError, sshsig.BadSignature):
        return ""  # Told already.
    return sshsig.fingerprint(key)
