"""The nouns: party, dossier, entry, standing, deadline, identifier, form, condition.

All is pure: values in, values and verdicts out. What may be done, by whom and by when
stands in the law files; here stands only how to read a record by them.
"""
