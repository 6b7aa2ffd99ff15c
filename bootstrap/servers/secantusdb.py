"""SecantusDB's command line, with what mongod does by the clock and SecantusDB 0.7.0b3 does not.

It ends the transactions of clients that are gone, which hold their documents till then: SecantusDB looks for them only when
another transaction comes, and has no option for the time. Deployments set mongod's transactionLifetimeLimitSeconds to the
same. And it forgets old answers to retryable writes once in a while: SecantusDB goes through thousands with every write.
"""

import sys
import threading
import time

from secantus import cli


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
