"""Every bound on what comes from outside, on one page, each with its reason."""

from typing import Final

# A signed document of ours (act, statement, form). A long form is about 40 kB; the rest is air.
DOCUMENT_BYTES: Final = 1 << 20
# An envelope around a document: base64 adds a third, the two signatures 5 kB.
ENVELOPE_BYTES: Final = 3 << 19
# JSON nesting: our deepest document has 7 levels; parsers must not recurse at the sender's will.
JSON_DEPTH: Final = 32
# RFC 8785 numbers are IEEE doubles: integers beyond 2^53-1 lose digits on other machines.
JSON_INTEGER: Final = 2**53 - 1
# One law file: the longest is under 60 kB; a process file is read by people.
LAW_FILE_BYTES: Final = 1 << 20
# Nesting of a law file: the deepest (a list within a row within a list) has 5 levels.
LAW_FILE_DEPTH: Final = 12
# Files in one law book: 200 States and 20 instruments with 20 files each, and air.
LAW_FILES: Final = 4_000
# An age header: each hybrid stanza is 1.6 kB; 20 receivers are more than any case has.
AGE_HEADER_BYTES: Final = 64 << 10
AGE_STANZAS: Final = 20
# An age key as text: a hybrid recipient has 1,959 characters.
KEY_TEXT: Final = 2_000
# scrypt work factor of a passphrase file: 2^20 takes 1 GiB for some seconds; age writes 2^18.
SCRYPT_LOG_N: Final = 20
# A key file of ours, sealed or not.
KEY_FILE_BYTES: Final = 64 << 10
# Signatures in one envelope: we write two; more is noise or an attack (sigstore took 32).
SIGNATURES: Final = 8
# Objects in one package: a mailbox has 100,000; a disk image is one.
PACKAGE_OBJECTS: Final = 2_000_000
# One metadata file of one object: the longest possible name is 4 kB and is escaped.
OBJECT_METADATA_BYTES: Final = 64 << 10
# salts.json: 2 million salts of 64 hexadecimal digits with quotes and comma, and some air.
SALTS_BYTES: Final = 160 << 20
# A manifest: 2 million objects with two lines of about 90 bytes each.
MANIFEST_BYTES: Final = 400 << 20
# Encrypted volumes of a dossier (design.md section 5).
VOLUME_BYTES: Final = 256 << 20
# Acts in one dossier: a case of ten years has some hundreds.
DOSSIER_ACTS: Final = 10_000
# A document that an act covers, as the scan of a letter; larger things are evidence.
ATTACHMENT_BYTES: Final = 32 << 20
# What one act may cover, cite or state: a hand-over names its exhibits and conditions.
ACT_ENTRIES: Final = 1_000
# One text within an act: names and short particulars; long text is content, not act.
ACT_TEXT: Final = 2_000
# An act of ours may not be further ahead of the reader's clock than this (design.md section 4).
CLOCK_AHEAD_SECONDS: Final = 300
# Particulars in the one line of an error: twenty names of a list fit, a file of others does not.
DETAIL_CHARACTERS: Final = 1_000
# Exact names in a file, one to a line: the longest path that is recorded, and a line end.
NAME_LINE_BYTES: Final = 4_402
# Free text in a form field: ten printed pages.
TEXT_CHARACTERS: Final = 40_000
# One identifier in a request: the longest URL that browsers and servers agree on.
IDENTIFIER_CHARACTERS: Final = 2_048
# How far a file may grow while it is read: a log written faster than it is read has no end.
GROWTH_BYTES: Final = 16 << 20
# Objects described one by one in case.jsonld: its validators take 0.1 s to each (measured).
CASE_OBJECTS: Final = 500
# Lines in one list of a form: each identifier is typed or checked by a person.
FORM_LINES: Final = 500
# Orders that one revocation names: a busy authority's list of a year, 0.3 MB.
REVOKED_ORDERS: Final = 10_000
# The card of an authority: three keys and three recipients of 3 kB each, a roster, conditions.
CARD_BYTES: Final = 128 << 10
# Entries in one list of a card: keys of ten years, a roster with every hour of the week.
CARD_ENTRIES: Final = 200
# Conditions, what the legal original is, half a certificate: one printed page.
CARD_TEXT: Final = 4_000
# One metadata file of the directory: 193 States with three keys of 4 kB (hexadecimal) each,
# and nine signatures of 7 kB; twice that.
METADATA_BYTES: Final = 6 << 20
# A root, a timestamp, a State's list: asked for before anything says how long they are. Thirty
# keys of 4 kB and thirty signatures of 7 kB, or a thousand cards by name and digest.
ROOT_BYTES: Final = 512 << 10
# The copy of the depositary's register: 200 States with some pages of declarations each; and the
# statements of one State: a declaration to each article of a convention, and half as many again.
REGISTER_BYTES: Final = 2 << 20
REGISTER_STATEMENTS: Final = 100
REGISTER_TEXT: Final = 8_000
# New roots in one refresh: one a month for ten years.
ROOT_STEPS: Final = 120
# Authorities and providers that one State lists.
STATE_CARDS: Final = 1_000
# Keys of one role: a ceremony with more people than this is held nowhere.
ROLE_KEYS: Final = 25
# A pairing bundle: a State's keys, its list, its cards.
PAIR_BYTES: Final = 16 << 20
# One chunk of a volume on its way: what is lost at most when a thin link breaks (design.md 5).
CHUNK_BYTES: Final = 8 << 20
# Volumes of one transfer: 5 TB of full ones; a disk image of today is a fifth of that.
TRANSFER_VOLUMES: Final = 20_000
# What a node fetches by itself. In one dossier: a disk image of today; more is resumed by a person.
DOSSIER_TRANSFER_BYTES: Final = 1 << 40
DOSSIER_TRANSFERS: Final = 100
# From one State, whatever is not taken over yet: two such images at once.
PEER_TRANSFER_BYTES: Final = 1 << 41
# What no evidence may take of the disk: the database, letters and logs of some weeks.
DISK_RESERVE_BYTES: Final = 2 << 30
# A descriptor: so many volumes of 130 bytes each, and the chosen objects.
DESCRIPTOR_BYTES: Final = 4 << 20
# Objects that are to come first: chosen one by one, by a person.
CHOSEN_OBJECTS: Final = 1_000
# One piece of an upload, in memory once at each end: the chunk of a transfer.
PIECE_BYTES: Final = 8 << 20
# All uploads to one dossier together: a terabyte in one sitting, and once again.
UPLOAD_BYTES: Final = 1 << 41
# Uploads to one dossier that are under way at once: a provider has one, or two by mistake.
UPLOADS_OPEN: Final = 16
# An inventory, or the list of what is returned: 50,000 files; both fit one document compared.
INVENTORY_BYTES: Final = 12 << 20
# One line of it: the longest path that is recorded, in JSON, with size, digest and salt.
INVENTORY_LINE_BYTES: Final = 16 << 10
# Wrong codes for one order before all codes for it rest a while: fingers slip, machines guess.
CODE_MISSES: Final = 10
# Answers to one order: a provider gives three or four; more is noise in the record.
ORDER_ANSWERS: Final = 100
# Places on a duty roster: told one after the other, the hundredth would hear after a day.
ROSTER_PLACES: Final = 100
# The list of keys and settings of a node in a backup: some dozens of small files.
BACKUP_PAPERS: Final = 1_000
BACKUP_PAPER_BYTES: Final = 1 << 20
BACKUP_PAPERS_BYTES: Final = 64 << 20
# One line of a list in a backup: a digest and a size, or the head of a chain with its names.
BACKUP_LINE_BYTES: Final = 4_096
# The documents of one message by the wire, together; larger ones are evidence and go as volumes.
MESSAGE_DOCUMENTS: Final = 12 << 20
# The bundle within a message: its documents in base64, a content and an act, and some air.
BUNDLE_BYTES: Final = 20 << 20
# A message: the encrypted bundle (16 bytes more for each 64 KiB), its header and its statement.
MESSAGE_BYTES: Final = 21 << 20
# The signed statement in front of a message, or a receipt: two signatures take 5 kB in base64.
STATEMENT_BYTES: Final = 16 << 10
# How long before it is sent a message may have been made: a peer that was down for a month.
MESSAGE_DAYS: Final = 30
# Messages of one State that wait to be taken in: beyond, it is asked to send again later. A
# backlog drains by some a second; 200 of the largest take 4 GiB of disk.
MESSAGES_HELD: Final = 200
# Receipts that are given out for one message: nine events.
RECEIPTS_BYTES: Final = 16 * STATEMENT_BYTES
# What is kept as evidence in one finding: two acts that claim one place, in full.
FINDING_BYTES: Final = 2 * ENVELOPE_BYTES + 1
# Findings kept of one source, kind and day: a person reads some; the rest is counted.
FINDINGS_A_DAY: Final = 20
# The words of a finding, and of its source.
FINDING_WORDS: Final = 400
# How long a signed request is good for, and by how much two nodes' clocks may differ.
REQUEST_SECONDS: Final = 300
# A nonce: 128 random bits are 22 characters of base64.
NONCE_LEAST: Final = 16
NONCE_MOST: Final = 64
# The two fields of a request's signature: ours have 330 and 95 characters.
SIGNATURE_FIELD_CHARACTERS: Final = 2_000
# What a peer may answer to a question of ours that has no bound of its own.
ANSWER_BYTES: Final = 64 << 10
# Protocols that a peer may offer; more is noise.
PROTOCOLS: Final = 16
# Bodies of one peer, or of one return, read at once: a slow one must not take every thread.
BODIES_AT_ONCE: Final = 6
# And of all authorities of one State, or of all returns: whoever has many names has few threads.
GROUP_BODIES_AT_ONCE: Final = 8
# Bodies of all who have not proved who they are, and of one address (IPv6: one network of 64
# bits) among them: fewer than there are threads for them, so that a word without body passes.
STRANGERS_AT_ONCE: Final = 6
STRANGER_AT_ONCE: Final = 3
# How long a body may take: half a minute, and more by its length, for lines of 512 kbit/s.
BODY_SECONDS: Final = 30.0
BODY_BYTES_A_SECOND: Final = 64 << 10
# What a stranger may send to the desk's door: a code and a name.
CODE_BODY_BYTES: Final = 64 << 10
# What is sent to try the way: one random number.
ECHO_BYTES: Final = 1_024
# Restorations that a node tells of: one a month for two years, each a signed line of some 6 KiB.
RESTORED_TOLD: Final = 24
RESTORED_BYTES: Final = 256 << 10
# States there are: 193 members, observers, organisations, those of exercises; twice that.
STATES: Final = 500
# Files on a courier's disk: the volumes of some transfers and their chunk lists, and letters.
COURIER_FILES: Final = 200_000
# Its manifest: so many lines of at most 130 bytes.
COURIER_MANIFEST_BYTES: Final = 26 << 20
# A list of open requests that is brought in: rows that one transaction opens while others wait
# (0.1 s each, measured), and their bytes with facts of half a page each.
IMPORT_ROWS: Final = 200
IMPORT_BYTES: Final = 1 << 20
# Dossiers that one search reads anew into memory before it answers: about two seconds' worth.
SEARCH_STEP: Final = 400
