import { installToxiproxy, withProgram } from "../servers/mod.ts";
import { shortForm } from "./_short_form_test.ts";
import * as toxics from "./toxics.ts";

await withProgram("Toxiproxy", "it is installed by Go", async () => {
  await installToxiproxy();
  shortForm(
    toxics,
    "while servers are slow, cut, silent or reset no answer is wrong, and all is back within 5 s after",
  );
});
