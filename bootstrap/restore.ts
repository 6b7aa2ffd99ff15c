/**
 * `npm run restore -- <file>`: takes the wallets of a backup into an empty platform that is not running, by the private key in
 * the file that `LUCENT_BACKUP_IDENTITY_FILE` names. With `LUCENT_MODE=distributed` in the environment of the wallet service.
 *
 * @module
 */
import { existsSync, mkdirSync } from "node:fs";
import { command } from "./backup/command.ts";
import { readIdentity } from "./backup/identity.ts";
import { restore } from "./backup/restore.ts";
import { lockFolder } from "./preflight.ts";
import { refuse } from "./refuse.ts";

await command(
  "restore",
  ({ backupIdentity, data, distribution }, file = "") => {
    if (!distribution) mkdirSync(data, { recursive: true, mode: 0o700 });
    return [
      ...(backupIdentity === undefined
        ? ["LUCENT_BACKUP_IDENTITY_FILE: name the file of the private key (AGE-SECRET-KEY-1…)"]
        : readIdentity(backupIdentity).faults),
      ...(file === "" || existsSync(file) ? [] : [`there is no file "${file}"`]),
    ];
  },
  async (custody, { backupIdentity = "", data, distribution }, file) => {
    using lock = distribution ? undefined : lockFolder(data);
    if (!distribution && !lock) refuse([`LUCENT_DATA: another Lucent uses "${data}": stop it first`], "Cannot restore");
    const { wallets, at, before } = await restore(custody, readIdentity(backupIdentity).identity, file);
    return before
      ? `The backup of ${at} was restored here before: nothing was changed`
      : `${wallets} wallets of ${at} are restored: start the platform, and give their owners back from the databases' backup`;
  },
);
