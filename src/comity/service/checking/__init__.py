"""Is all that is stored consistent? What was derived is derived again and compared.

The checks, each with the number that its findings bear:

 0. *Database*. SQLite reads through its whole file and finds no damage, and no row that names
    another that is not there. If there is damage, nothing else is asked. Of PostgreSQL nothing
    of the kind is asked; it keeps watch over its files itself.
 1. *Acts*. Every row holds an act, and says of it what it says itself.
 2. *Chains*. Both signatures of every act verify with a known key; numbers, links and
    times run as they must; what was seen is at hand. Whether acts lie ahead of this machine's
    clock is told once, as what could not be decided: the clock may be wrong.
 3. *Ground*. Every act is of an exercise if the node is, and of none if it is not.
 4. *Contents*. What an act covers and keeps is there, opens, and is what it covers; or it
    was erased. Nothing is kept that no act covers.
 5. *Citations*. Every citation means a house act of ours, by its salt.
 6. *Identities*. Every identity opens with the authority's, or an act says that it was erased.
 7. *Heads*. Every dossier's row, its version too, is what follows from its acts.
 8. *Standings*. So is every standing.
 9. *Deadlines*. So are all deadlines; none is missing, none is too many.
10. *Outbox*. So is what must go out: a message for each exchanged act of ours, and no other.
11. *Investigations*. So is every investigation.
12. *Custody*. So are takings-in and packages.
13. *Exhibits*. The objects listed are those whose root the act of taking in covers.
14. *Volumes*. The volumes listed are those that the act covers, and their blobs are whole.
15. *Packages*. Every package opens and holds what was taken in and sealed; or it was erased.
16. *Jobs*. None was stopped for a person to look at.
17. *Blobs*. No blob is there that nothing names. (It harms nothing: a killed run left it.)
    Files that are no blobs are told; they harm nothing either.
18. *Letters*. Every letter bears an act of ours, is signed by us, and was delivered if it is
    done; none was stopped for a person to look at. A body is kept as long as it is needed.
19. *Inbox*. Every message that was taken in names an act that is there, and has its receipts.
20. *Receipts*. Every receipt verifies with a known key of who signed it, and says what its row
    says; what was delivered is noted by an act.
21. *Transfers*. Every package on its way is one that an act hands over, and every act of handing
    over has its transfer. None was stopped or refused for a person to look at.
22. *Pieces*. The chunks listed are those that the descriptor names by their digests; what is
    here of them is what its digest says, and as much as the transfer counts.
23. *Received*. Packages received, and their volumes, are what follows from the acts.
24. *Received packages*. Each opens and holds what was sealed; or it was erased.
25. *Directory*. Keys and lists verify under what they stand on, and every card is the one that
    its State lists. On a node without any directory that is said, and cards are only read.
26. *Orders*. Every order on a provider is the file that an act of ours issued, verifies with a
    key of ours, and is revoked as acts say; or it was erased.
27. *Returns*. The pieces of every upload add up; returns and codes name orders that are there.

What this cannot see: that the end of a chain was cut off together with all that followed
from it, on this node alone. The other side holds its part of the exchanged chain, and
witnesses are asked elsewhere.

What was erased is said to be erased, and is no damage. A finding that failed says what
to do. A check that could not be made because of another is indeterminate.
"""

from comity.service.checking.examining import check_node

__all__ = ["check_node"]
