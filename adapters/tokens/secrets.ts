import { randomBytes } from "node:crypto";
import type { NewSecret } from "../../domains/user/mod.ts";

export const newSecret: NewSecret = () => randomBytes(32).toString("hex");
