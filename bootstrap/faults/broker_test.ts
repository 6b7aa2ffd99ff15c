import { shortForm } from "./_short_form_test.ts";
import * as broker from "./broker.ts";

shortForm(broker, "a broker that lost all it stored is filled again, and nothing is lost or doubled");
