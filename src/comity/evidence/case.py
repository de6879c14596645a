"""The summary of a whole package in CASE 1.5 / UCO, for the tools of laboratories.

One action (the sealing), its authority, tool, authorization and provenance record, and one
node per object with name, size and SHA-256. Above 500 objects the record counts them and
points to the manifest: the validators of the ontology take a tenth of a second to each,
and no reader needs two lists. The signed Statement and the manifest stay what counts;
nothing is ever verified from here.
"""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

from comity.base import Ident, Instant, limits
from comity.base.canonical import Json
from comity.evidence.record import Kind, ObjectRecord, Provenance

_Node: TypeAlias = dict[str, Json]
_UCO: Final = "https://ontology.unifiedcyberontology.org/uco"
_CONTEXT: Final[_Node] = {
    "case-investigation": "https://ontology.caseontology.org/case/investigation/",
    "uco-action": f"{_UCO}/action/",
    "uco-core": f"{_UCO}/core/",
    "uco-identity": f"{_UCO}/identity/",
    "uco-observable": f"{_UCO}/observable/",
    "uco-tool": f"{_UCO}/tool/",
    "uco-types": f"{_UCO}/types/",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
_CLASSES: Final = {
    Kind.FILE: "uco-observable:File",
    Kind.SYMLINK: "uco-observable:SymbolicLink",
    Kind.FOLDER: "uco-observable:Directory",
    Kind.FIFO: "uco-observable:NamedPipe",
    Kind.SOCKET: "uco-observable:UNIXFile",
    Kind.CHARACTER_DEVICE: "uco-observable:UNIXFile",
    Kind.BLOCK_DEVICE: "uco-observable:BlockDeviceNode",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Sealing:
    """What the summary tells of the whole: who sealed how many objects, when, with what."""

    package: Ident
    authority: str
    begun: Instant
    ended: Instant
    objects: int
    tools: Sequence[tuple[str, str]]
    provenance: Provenance


def write_case(sealing: Sealing, records: Sequence[tuple[int, ObjectRecord]]) -> bytes:
    """Return ``case.jsonld``; ``records`` are given with their serials."""
    shown = records if sealing.objects <= limits.CASE_OBJECTS else ()
    objects = [_object_node(sealing, serial, record) for serial, record in shown]
    graph: list[Json] = [*_frame_nodes(sealing, objects), *objects]
    return json.dumps({"@context": _CONTEXT, "@graph": graph}, ensure_ascii=False).encode()


def _frame_nodes(sealing: Sealing, objects: Sequence[_Node]) -> list[_Node]:
    who, record = _iri(sealing, "authority"), _iri(sealing, "provenance")
    action: _Node = {
        "@id": _iri(sealing, "action"),
        "@type": "case-investigation:InvestigativeAction",
        "uco-core:name": "sealing",
        "uco-action:startTime": _moment(sealing.begun),
        "uco-action:endTime": _moment(sealing.ended),
        "uco-action:performer": {"@id": who},
        "uco-action:result": [{"@id": record}, *({"@id": node["@id"]} for node in objects)],
    }
    nodes: list[_Node] = [
        {"@id": who, "@type": "uco-identity:Organization", "uco-core:name": sealing.authority},
        action,
        _provenance_node(sealing, record, objects),
    ]
    tools = [_tool_node(sealing, name, version) for name, version in sealing.tools]
    if tools:
        action["uco-action:instrument"] = [{"@id": tool["@id"]} for tool in tools]
    if sealing.provenance.basis:
        basis = _authorization_node(sealing)
        action["case-investigation:relevantAuthorization"] = {"@id": basis["@id"]}
        nodes.append(basis)
    return nodes + tools


def _provenance_node(sealing: Sealing, iri: str, objects: Sequence[_Node]) -> _Node:
    said = sealing.provenance
    lines = (
        f"{sealing.objects} objects; manifest-sha256.txt lists all",
        f"origin: {said.origin}" if said.origin else "",
        f"collector: {said.collector}" if said.collector else "",
    )
    node: _Node = {
        "@id": iri,
        "@type": "case-investigation:ProvenanceRecord",
        "case-investigation:exhibitNumber": str(sealing.package),
        "uco-core:description": "; ".join(line for line in lines if line),
    }
    if objects:
        node["uco-core:object"] = [{"@id": found["@id"]} for found in objects]
    return node


def _authorization_node(sealing: Sealing) -> _Node:
    return {
        "@id": _iri(sealing, "authorization"),
        "@type": "case-investigation:Authorization",
        "case-investigation:authorizationType": "legal basis",
        "case-investigation:authorizationIdentifier": sealing.provenance.basis,
    }


def _tool_node(sealing: Sealing, name: str, version: str) -> _Node:
    return {
        "@id": _iri(sealing, f"tool/{name}"),
        "@type": "uco-tool:Tool",
        "uco-core:name": name,
        "uco-tool:version": version,
    }


def _object_node(sealing: Sealing, serial: int, record: ObjectRecord) -> _Node:
    path = record.path.decode("utf-8", "backslashreplace")
    size: Json = {"@type": "xsd:integer", "@value": str(record.size)}
    return {
        "@id": _iri(sealing, f"object/{serial}"),
        "@type": _CLASSES.get(record.kind, "uco-observable:ObservableObject"),
        "uco-core:name": f"data/objects/{serial:06d}",
        "uco-core:hasFacet": [
            {
                "@id": _iri(sealing, f"object/{serial}/file"),
                "@type": "uco-observable:FileFacet",
                "uco-observable:fileName": path.rpartition("/")[2],
                "uco-observable:filePath": path,
                "uco-observable:sizeInBytes": size,
            },
            {
                "@id": _iri(sealing, f"object/{serial}/content"),
                "@type": "uco-observable:ContentDataFacet",
                "uco-observable:sizeInBytes": size,
                "uco-observable:hash": {
                    "@id": _iri(sealing, f"object/{serial}/hash"),
                    "@type": "uco-types:Hash",
                    "uco-types:hashMethod": "SHA256",
                    "uco-types:hashValue": {
                        "@type": "xsd:hexBinary",
                        "@value": record.digest.hex,
                    },
                },
            },
        ],
    }


def _moment(at: Instant) -> Json:
    return {"@type": "xsd:dateTime", "@value": str(at)}


def _iri(sealing: Sealing, what: str) -> str:
    """Return a name that ends in a UUID, as UCO asks; it follows from the package alone."""
    digest = hashlib.sha256(f"{sealing.package}/{what}".encode()).digest()
    return uuid.UUID(bytes=digest[:16], version=5).urn
