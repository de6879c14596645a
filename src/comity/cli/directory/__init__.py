"""``comity directory``: whom to believe, and how that is decided by people on paper.

Ceremonies (make, state, delegate, enrol, revoke-key, deposit, rotate, sign, publish) print a
protocol, which those present sign. Drafts lie in FOLDER/draft until enough have signed; what is
public lies in FOLDER/public, which ``serve`` shows. ``card``, ``trust``, ``pair``, ``refresh`` and
``register`` work on a node's folder.
"""

from __future__ import annotations

import typer

from comity.cli.directory import cards, depositing, enrolling, founding, knowing, mirror, signing

app = typer.Typer(
    no_args_is_help=True, help="Make, sign and publish a directory; trust, pair, refresh, show."
)
for _part in (founding, cards, enrolling, depositing, signing, mirror, knowing):
    app.add_typer(_part.app)
