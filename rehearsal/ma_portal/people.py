"""The made-up organisation whose groups the MA Portal can synchronise. No real person or domain is meant."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody in a group."""

    name: str
    email: str
    manager: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """A security group of the directory, by its object ID, as the vendor's editor lists it."""

    group_id: str
    name: str
    people: tuple[Person, ...]


_DOMAIN = "cedarridge.example"  # .example never resolves (RFC 2606)


def _people(*names: str, manager: str) -> tuple[Person, ...]:
    return tuple(Person(name, f"{name.lower().replace(' ', '.')}@{_DOMAIN}", manager) for name in names)


_OFFICE = _people(
    "Ada Marsh", "Bruno Keller", "Carmen Ruiz", "Dmitri Volkov", "Elif Aydin", "Femi Adeyemi", manager="Nora Lindqvist"
)
_FIELD = _people(
    "Greta Holm", "Hugo Fontaine", "Ines Carvalho", "Jonas Weber", "Keiko Tanaka", manager="Owen Gallagher"
)
_LEADS = _people("Nora Lindqvist", "Owen Gallagher", manager="Priya Raman")

GROUPS = (
    Group("5a1d0f7e-3c1b-4b0e-9d7a-6a2f4f0c1e11", "Awareness - All Staff", (*_OFFICE, *_FIELD, *_LEADS)),
    Group("c2b86a34-90f5-4f6d-8a55-0d1c7b3e9a22", "Awareness - Contractors", _FIELD[:3]),
    Group("e7f3c590-1d2a-4c88-b6e4-92a8d5f07b33", "Awareness - Pilot", _LEADS),
)
EVERYBODY = GROUPS[0]
OTHER_CUSTOMER = "Harbor Point Dental Partners"  # of the same managed service provider
OTHER_IDS = ("4d0f6b0a-7c39-4f0e-a1d5-2b8e61c79f02", "b7a1e5d3-08c4-4c6f-9e2b-5f3d90a4c618")  # application, directory
TWIN = Group("0b9e4d71-6c55-4e2f-a1f8-3d7c9b2e8f44", EVERYBODY.name, _OFFICE)  # listed only when a fault asks for it
