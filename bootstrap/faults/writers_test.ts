import { shortForm } from "./_short_form_test.ts";
import * as writers from "./writers.ts";

shortForm(writers, "64 people who write on 8 tasks through two processes are counted exactly");
