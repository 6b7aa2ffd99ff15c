/**
 * `npm run backup -- <file>`: all wallets' seeds with whose they are, encrypted to `LUCENT_BACKUP_RECIPIENTS`. The platform may
 * run meanwhile. With `LUCENT_MODE=distributed` in the environment of the wallet service.
 *
 * @module
 */
import { command } from "./backup/command.ts";
import { isPlatform } from "./backup/custody.ts";
import { writeBackup } from "./backup/write.ts";

await command(
  "back up",
  ({ backupRecipients, distribution, data }) => [
    ...(backupRecipients.length > 0
      ? []
      : ["LUCENT_BACKUP_RECIPIENTS: name the public keys (age1…) that the backup is for"]),
    ...(distribution || isPlatform(data) ? [] : [`LUCENT_DATA: there is no platform in "${data}"`]),
  ],
  async (custody, { backupRecipients }, file) => {
    const wallets = await writeBackup(custody, backupRecipients, file);
    return `${wallets} wallets are in ${file}, the ones made ahead among them`;
  },
);
