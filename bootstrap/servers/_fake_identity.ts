import { type Behaviour, broken, throttled } from "./fake_key_vault.ts";

/** What the fake can be told to do. `throttled` asks for a second of rest. */
const behaviours = { well: "well", throttled: throttled("1"), silent: "silent", broken, cut: "cut" } as const;
/** How the whole vault answers, or (`keys:…`) only what is asked of keys: secrets are given as ever. */
export type BehaviourName = Named | `keys:${Named}`;
type Named = keyof typeof behaviours;

type Options = {
  readonly port: number;
  /** Who does not send it gets nothing. */
  readonly header: string;
  readonly token: string;
  readonly behave: (behaviour: (path: string) => Behaviour) => void;
};

/** App Service's own: a token is good for a day. */
const lifetime = 24 * 60 * 60;

/**
 * The side door of a fake Key Vault, over plain HTTP on loopback. It goes well however the vault does. Both want the header
 * `X-IDENTITY-HEADER`:
 *
 * - `GET /msi/token?resource=…&api-version=2019-08-01`: a token, as App Service gives one to a managed identity;
 * - `PUT /fake/behaviour` with `"well"`, `"throttled"`, `"silent"`, `"broken"` or `"cut"`: how the vault answers from now on,
 *   until it is told otherwise or starts anew; with `keys:` before it only what is asked of keys. No real vault has that.
 */
export function serveFakeIdentity({ port, header, token, behave }: Options) {
  const refuse = (status: number, message: string) => Response.json({ statusCode: status, message }, { status });

  function giveToken({ searchParams }: URL): Response {
    const resource = searchParams.get("resource");
    if (searchParams.get("api-version") !== "2019-08-01" || !resource) return refuse(400, "Cannot read the request");
    const expires_on = `${Math.floor(Date.now() / 1000) + lifetime}`;
    return Response.json({ access_token: token, expires_on, resource, token_type: "Bearer" });
  }

  async function takeBehaviour(request: Request): Promise<Response> {
    const told = `${await request.json().catch(() => undefined)}`;
    const [, keys, name = ""] = /^(keys:)?(.*)$/.exec(told) ?? [];
    if (!Object.hasOwn(behaviours, name)) return refuse(400, `Name one of ${Object.keys(behaviours).join(", ")}`);
    const behaviour = behaviours[name as Named];
    behave((path) => (keys === undefined || path.startsWith("/keys/") ? behaviour : "well"));
    return new Response(null, { status: 204 });
  }

  return Bun.serve({
    ...{ hostname: "127.0.0.1", port },
    fetch(request) {
      if (request.headers.get("x-identity-header") !== header) return refuse(401, "Unauthorized");
      const url = new URL(request.url);
      if (request.method === "GET" && url.pathname === "/msi/token") return giveToken(url);
      if (request.method === "PUT" && url.pathname === "/fake/behaviour") return takeBehaviour(request);
      return refuse(404, "Not found");
    },
  });
}
