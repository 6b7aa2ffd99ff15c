"""SecantusDB's command line, with what mongod does and SecantusDB 0.7.0b3 does not.

It ends the transactions of clients that are gone, which hold their documents till then: SecantusDB looks for them only when
another transaction comes, and has no option for the time. Deployments set mongod's transactionLifetimeLimitSeconds to the
same. And it forgets old answers to retryable writes once in a while: SecantusDB goes through thousands with every write.

It looks for an index below $and and beside $expr, too, and by ids first: SecantusDB reads the whole collection for such a
filter, and so does every findAndModify. What an index finds is compared with the whole filter afterwards.
"""

import sys
import threading
import time

from secantus import cli, storage

find_by_index = storage.Storage._try_index_id_keys


def served(filter):
    """The clauses of a filter that an index may serve, an equality as the value itself."""
    found = {}
    for field, clause in filter.items():
        if field == "$and":
            for each in clause:
                found = {**served(each), **found}
        elif not field.startswith("$"):
            equal = isinstance(clause, dict) and list(clause) == ["$eq"] and isinstance(clause["$eq"], (str, int))
            found[field] = clause["$eq"] if equal else clause
    return found


def find_by_ids_first(self, db, coll, filter, *, collation=None):
    clauses = served(filter)
    if len(clauses) > 1 and "_id" in clauses:
        found = find_by_index(self, db, coll, {"_id": clauses["_id"]}, collation=collation)
        if found is not None:
            return found
    return find_by_index(self, db, coll, clauses, collation=collation)


storage.Storage._try_index_id_keys = find_by_ids_first


class Server(cli.SecantusDBServer):
    def __init__(self, *arguments, **options):
        super().__init__(*arguments, transaction_lifetime_seconds=5.0, **options)
        self.forget = self.transactions._prune_retryable_locked
        self.transactions._prune_retryable_locked = lambda: None
        threading.Thread(target=self.tidy, daemon=True).start()

    def tidy(self):
        while True:
            time.sleep(0.5)
            self.transactions.prune_expired()
            with self.transactions._lock:
                self.forget()


cli.SecantusDBServer = Server
sys.exit(cli.main())
