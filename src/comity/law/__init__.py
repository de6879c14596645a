"""The law as data: treaties, processes, forms, grounds, gates, safeguards, clocks, States' own law.

Everything asks the law; the law asks nobody. It is read once, checked whole, and
never changes while running.
"""

from comity.law.book import Book
from comity.law.clocks import Clock
from comity.law.forms import Field, Form
from comity.law.gates import Gate
from comity.law.glossary import Need, Role, Term
from comity.law.grounds import Ground
from comity.law.level import Level
from comity.law.loading import LawFault, examine_book, load_book
from comity.law.national import Condition, StateProfile, Vouched
from comity.law.outline import Clause, Pack, Scope, Serious
from comity.law.place import Place
from comity.law.processes import Crossing, Process, Sides, State, Step
from comity.law.provision import BadProvision, Provision
from comity.law.questions import Question, Rest
from comity.law.safeguards import Safeguard

__all__ = [
    "BadProvision",
    "Book",
    "Clause",
    "Clock",
    "Condition",
    "Crossing",
    "Field",
    "Form",
    "Gate",
    "Ground",
    "LawFault",
    "Level",
    "Need",
    "Pack",
    "Place",
    "Process",
    "Provision",
    "Question",
    "Rest",
    "Role",
    "Safeguard",
    "Scope",
    "Serious",
    "Sides",
    "State",
    "StateProfile",
    "Step",
    "Term",
    "Vouched",
    "examine_book",
    "load_book",
]
