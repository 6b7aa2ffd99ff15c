import { shortForm } from "./_short_form_test.ts";
import * as replicas from "./replicas.ts";

shortForm(
  replicas,
  "two replicas of each service have single effects in their order, though one is stopped beyond its leases",
);
