"""SecantusDB's command line, ending the transactions of clients that are gone as mongod does.

They hold their documents till then. SecantusDB looks for them only when another transaction comes, and has no option for
the time; deployments set mongod's transactionLifetimeLimitSeconds to the same.
"""

import sys
import threading
import time

from secantus import cli


class Server(cli.SecantusDBServer):
    def __init__(self, *arguments, **options):
        super().__init__(*arguments, transaction_lifetime_seconds=5.0, **options)
        threading.Thread(target=self.reap, daemon=True).start()

    def reap(self):
        while True:
            time.sleep(0.5)
            self.transactions.prune_expired()


cli.SecantusDBServer = Server
sys.exit(cli.main())
