"""Reading the law files: strictly, whole, and with errors that a lawyer can act upon."""

from comity.law.loading.assembling import examine_book, load_book
from comity.law.loading.faults import LawFault
from comity.law.loading.reading import read_law

__all__ = ["LawFault", "examine_book", "load_book", "read_law"]
