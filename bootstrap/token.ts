/**
 * `npm run token -- admin` (or `approver`, `user`): signs in as a development account and prints an access token.
 * `npm run token -- admin step-up <action> <digest>` prints a step-up for Swagger UI.
 *
 * @module
 */
import { call, Refused, signIn } from "./client.ts";
import { readConfig } from "./config.ts";
import { type DevelopmentName, developmentNames, developmentSigner } from "./development/accounts.ts";

const [name = "", what, action, digest] = process.argv.slice(2);
const usage = `Usage: npm run token -- ${developmentNames.join(" | ")} [step-up <action> <digest>]\n`;

function fail(message: string): never {
  process.stderr.write(message);
  process.exit(1);
}

const outcome = readConfig(process.env);
if ("faults" in outcome) fail(`${outcome.faults.join("\n")}\n`);
if (!developmentNames.includes(name as DevelopmentName)) fail(usage);
if (what !== undefined && !(what === "step-up" && action && digest)) fail(usage);

const { publicUrl } = outcome.config;
const signer = developmentSigner(name as DevelopmentName);
try {
  const client = await signIn(publicUrl, signer);
  process.stdout.write(`${action && digest ? await stepUp(client, action, digest) : client.accessToken}\n`);
} catch (error) {
  fail(
    error instanceof Refused ? `${error.message}\n` : `No platform answers at ${publicUrl}: start it with npm start\n`,
  );
}

async function stepUp(
  { accessToken }: { readonly accessToken: string },
  action: string,
  digest: string,
): Promise<string> {
  const { account, sign } = signer;
  const nonce = await call<{ message: string }>(publicUrl, "POST", "/v1/auth/nonces", {
    body: { account, action, digest },
  });
  const { message } = nonce.body;
  const granted = await call<{ stepUp: string }>(publicUrl, "POST", "/v1/auth/step-ups", {
    body: { account, message, signature: await sign(message) },
    headers: { authorization: `Bearer ${accessToken}` },
  });
  return granted.body.stepUp;
}
