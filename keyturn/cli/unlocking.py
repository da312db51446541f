"""How a command gets at a private key of the store: its two options, and the order in which sources are tried."""

from __future__ import annotations

from typing import TYPE_CHECKING

from secrets_store import unlock

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from secrets_store import Store
    from secrets_store.age import HybridIdentity, X25519Identity


def add_unlock(parser: argparse.ArgumentParser) -> None:
    """Add where a private key may come from. Never from an argument, which other users can see."""
    source = parser.add_mutually_exclusive_group()
    source.add_argument(
        "--identity-fd", type=int, metavar="N", help="read an age key file from this file descriptor (N<key.txt)"
    )
    source.add_argument(
        "--passphrase-fd", type=int, metavar="N", help="read the passphrase of identity.age from this file descriptor"
    )


def unlocked(args: argparse.Namespace, store: Store) -> Sequence[X25519Identity | HybridIdentity]:
    """Return private keys from a file descriptor, the system's keychain or the terminal, in that order.

    A store made for practice is opened with the key file beside it. Raises `CannotUnlock`, whose exit code says that
    a person must come with a key, when there is none.
    """
    return unlock.identities(store, identity_fd=args.identity_fd, passphrase_fd=args.passphrase_fd)
