"""Evidence: taken in, sealed, verified, disclosed in part, opened; ships alone as the verifier.

Making a package has two halves. ``take_in`` reads what is found and gives a row per object;
``seal_rows`` makes the package of rows. Both write to a ``Sink``: a folder (``FolderSink``), a
folder of encrypted volumes (``EncryptedSink``), or volumes anywhere (``VolumeSink``).
``check_package``, ``disclose_part`` and ``open_package`` read from any ``Source``.
"""

from comity.evidence.choosing import Choice, choose_serials, read_records
from comity.evidence.copying import Watch, unwatched
from comity.evidence.disclosing import Disclosed, disclose_part
from comity.evidence.entries import Form, Layout, Sink, Source, Writer, read_layout
from comity.evidence.errors import (
    IdentityNeeded,
    IrregularRefused,
    LayoutRefused,
    LinkNamed,
    NothingChosen,
    NotThere,
    PackageBroken,
    PackageUnfinished,
    PlaceTaken,
    ReadFailed,
    StorageFailed,
    UnfinishedThere,
)
from comity.evidence.folder import FolderSink, FolderSource
from comity.evidence.opening import Opened, open_package
from comity.evidence.places import EncryptedSink, open_source
from comity.evidence.reading import Stream
from comity.evidence.record import Kind, ObjectRecord, Provenance
from comity.evidence.sealing import Particulars, Sealed, Sealer, seal_rows
from comity.evidence.statement import Statement
from comity.evidence.taking import Intake, Place, Taken, take_in
from comity.evidence.trust import Vouched
from comity.evidence.unlocking import VolumeSource
from comity.evidence.verifying import (
    MEANING,
    Contents,
    Examined,
    check_frame,
    check_package,
    check_seal,
)
from comity.evidence.volumes import VolumeSink
from comity.evidence.walking import require_places, walk

__all__ = [
    "MEANING",
    "Choice",
    "Contents",
    "Disclosed",
    "EncryptedSink",
    "Examined",
    "FolderSink",
    "FolderSource",
    "Form",
    "IdentityNeeded",
    "Intake",
    "IrregularRefused",
    "Kind",
    "Layout",
    "LayoutRefused",
    "LinkNamed",
    "NotThere",
    "NothingChosen",
    "ObjectRecord",
    "Opened",
    "PackageBroken",
    "PackageUnfinished",
    "Particulars",
    "Place",
    "PlaceTaken",
    "Provenance",
    "ReadFailed",
    "Sealed",
    "Sealer",
    "Sink",
    "Source",
    "Statement",
    "StorageFailed",
    "Stream",
    "Taken",
    "UnfinishedThere",
    "VolumeSink",
    "VolumeSource",
    "Vouched",
    "Watch",
    "Writer",
    "check_frame",
    "check_package",
    "check_seal",
    "choose_serials",
    "disclose_part",
    "open_package",
    "open_source",
    "read_layout",
    "read_records",
    "require_places",
    "seal_rows",
    "take_in",
    "unwatched",
    "walk",
]
