import { shortForm } from "./_short_form_test.ts";
import * as memory from "./memory.ts";

shortForm(memory, "the memory of every process is looked at while people work, and nothing is lost");
