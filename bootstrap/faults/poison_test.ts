import { shortForm } from "./_short_form_test.ts";
import * as poison from "./poison.ts";

shortForm(
  poison,
  "poison events are parked with payload and reason, and replayed; all others are handled once, and not later",
);
