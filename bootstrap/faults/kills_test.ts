import { shortForm } from "./_short_form_test.ts";
import * as kills from "./kills.ts";

shortForm(kills, "nothing is lost or doubled, whoever is killed or stopped while people work");
