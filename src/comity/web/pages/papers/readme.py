"""What stands in the folder beside its files: what it is, and how anybody checks it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.utils.translation import pgettext

from comity.web.pages.papers.record import Record

# Lines for any POSIX shell with coreutils and OpenSSL 3. They say nothing where all is well
# but the lines of sha256sum and openssl, and a line that begins with FAILED for what is not.
COMMANDS: Final = """\
sha256sum --check --quiet SHA256SUMS || echo "FAILED: a file is not the one that was exported"
for place in acts/* receipts/*; do
  [ -d "$place" ] || continue
  name=act; [ ! -e "$place/receipt.json" ] || name=receipt
  file="$place/$name" kind="application/vnd.comity.$name+json"
  if [ ! -e "$file.key.json" ]; then echo "NO KEY: $place"; continue; fi
  { printf 'DSSEv1 %d %s %d ' "${#kind}" "$kind" "$(wc -c < "$file.json")"
    cat "$file.json"; } > pae.tmp
  openssl pkeyutl -verify -rawin -pubin -inkey "$file.key.ed25519.pem" -in pae.tmp \\
    -sigfile "$file.ed25519.sig" > /dev/null || echo "FAILED: the signature of $place"
  digest=$(sha256sum "$file.key.json" | cut -d ' ' -f 1)
  grep -q "\\"keyid\\":\\"$digest#ed25519\\"" "$file.dsse.json" || echo "FAILED: the key of $place"
  for kept in "$place/content.json" "$place"/documents/*; do
    [ -f "$kept" ] || continue
    digest=$(sha256sum "$kept" | cut -d ' ' -f 1)
    grep -q ":\\"sha256:$digest\\"" "$place/act.json" || echo "FAILED: $kept is not what was signed"
  done
done
rm -f pae.tmp; echo "All was looked at."
"""
INDENT: Final = "    "


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """A file that is not there. ``why``: a word of ``_WHY``."""

    path: str
    why: str


def write_readme(record: Record, missing: Sequence[Missing], *, has_papers: bool) -> bytes:
    """Return the text, in the language that is in force."""
    head = record.shown.head
    marks = [pgettext("folder", "Exercise: it binds nobody.")] if head.exercise else []
    parts = [
        pgettext("folder", "Dossier %(dossier)s, as %(authority)s (%(state)s) holds it.")
        % {
            "dossier": record.ident,
            "authority": record.node.authority,
            "state": record.node.state,
        },
        *marks,
        _content(record),
        _house(),
        _missing(missing, has_papers=has_papers),
        pgettext(
            "folder",
            "To check it with tools that are not ours, go into this folder and run these lines. "
            "They need a POSIX shell, coreutils and OpenSSL 3:",
        ),
        "".join(f"{INDENT}{line}\n" for line in COMMANDS.splitlines()).rstrip("\n"),
        pgettext(
            "folder",
            "A check that passes means: unchanged since it was signed with this key. Whose key "
            "it is, the State’s directory says, or the note verbale in which its fingerprint was "
            "exchanged; never this folder. It says nothing of whether an act is lawful or true.",
        ),
        pgettext(
            "folder",
            "Each act names the one before it in its chain (before) and the last of the other "
            "side that its author had seen (seen). An act whose recorded is not null was written "
            "down here for the other side, which did not sign it. OpenSSL 3.5 and later check "
            "the second signature (ML-DSA-65), which lies in the .dsse.json files.",
        ),
    ]
    return ("\n\n".join(part for part in parts if part) + "\n").encode("utf-8")


def _content(record: Record) -> str:
    if record.has_content:
        return pgettext("folder", "With content: it holds what the acts say, and their documents.")
    return pgettext(
        "folder",
        "WITHOUT CONTENT: whoever took this folder may not read what the acts say. The acts are "
        "here, and name all content by digest; the content and the papers that show it are not.",
    )


def _house() -> str:
    return pgettext(
        "folder",
        "Acts whose folder says house never leave the State: do not give them to another.",
    )


def _missing(missing: Sequence[Missing], *, has_papers: bool) -> str:
    why = {
        "erased": pgettext("folder", "erased, or not here"),
        "key-unknown": pgettext("folder", "the key is not known here: ask the directory"),
        "not-printed": pgettext("folder", "could not be printed; the act is here"),
        "too-many": pgettext("folder", "only the papers of the last acts were printed"),
        "too-much": pgettext("folder", "too much for one folder: take it from the act’s page"),
    }
    lines = [f"{INDENT}{one.path}: {why[one.why]}" for one in missing]
    if not has_papers:
        lines.append(INDENT + pgettext("folder", "papers: not asked for"))
    if not lines:
        return ""
    return "\n".join([pgettext("folder", "Not in it:"), *lines])
