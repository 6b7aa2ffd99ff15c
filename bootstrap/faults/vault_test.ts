import { shortForm } from "./_short_form_test.ts";
import * as vault from "./vault.ts";

shortForm(vault, "while the vault throttles and falls silent, what is taken is done, all else is told to come later");
