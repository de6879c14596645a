"""The room of orders on providers: issue, show, codes, revoke, answers, returns compared."""
