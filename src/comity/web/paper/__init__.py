"""Papers: what an act says, printed as PDF/A-3 with the act itself inside.

A paper is gathered from the record (``gathering``), written as HTML by a template that escapes
every value, and set by WeasyPrint in a process of its own (``press``, ``child``), which has no
network, reads no file that the HTML names, and is bounded in memory, time and size. The same
acts give the same bytes: all times and names on a paper are those of the acts.
"""
