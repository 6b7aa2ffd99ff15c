import { shortForm } from "./_short_form_test.ts";
import * as breaches from "./breaches.ts";

shortForm(
  breaches,
  "a service's credentials open nothing that is another's, on NATS or the database: 12 of 12 are refused",
);
