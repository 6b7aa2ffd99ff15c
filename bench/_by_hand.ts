/**
 * What the platform does for a page of the catalogue and for a change of one's profile, written by hand: a bare `Bun.serve` and
 * the same work on the same SQLite files, in transactions shared in the same way.
 *
 * @module
 */
import { join } from "node:path";
import { createLocalJWKSet, type JSONWebKeySet, jwtVerify } from "jose";
import { openByHand } from "./_by_hand_stores.ts";

const [folder = "", port = "", issuer = "", keys = ""] = Bun.argv.slice(2);
const keySet = createLocalJWKSet(JSON.parse(keys) as JSONWebKeySet);
const expected = { issuer, audience: issuer, typ: "at+jwt", algorithms: ["EdDSA"] };
const { play, user } = openByHand((name) => join(folder, `${name}.sqlite`));

type Claims = { readonly sub: string; readonly sid: string; readonly exp: number };
type User = { readonly status: string; readonly displayName: string; readonly roles: object };
type Version = { version: number; digest: string; publishedAt: string; definition: Record<string, unknown> };

const known = new Map<string, Claims>();

/** The signature is verified once a token; whether it expired, its session is over or its user suspended, each time. */
async function caller(request: Request): Promise<string | undefined> {
  const token = request.headers.get("authorization")?.slice("Bearer ".length) ?? "";
  const claims = known.get(token) ?? ((await jwtVerify(token, keySet, expected)).payload as Claims);
  known.set(token, claims);
  if (claims.exp * 1000 < Date.now()) return undefined;
  const session: { user: string; expiresAt: string } = JSON.parse(user.session.get(claims.sid)?.value ?? "{}");
  const { status }: User = JSON.parse(user.one.get(claims.sub)?.state ?? "{}");
  const good = session.user === claims.sub && session.expiresAt > new Date().toISOString() && status === "active";
  return good ? claims.sub : undefined;
}

function shown(id: string, revision: number, state: User): Response {
  return Response.json({ id, ...state, roles: Object.keys(state.roles) }, { headers: { etag: `"${revision}"` } });
}

async function profile(request: Request): Promise<Response> {
  const id = await caller(request);
  const row = id === undefined ? null : user.one.get(id);
  return id === undefined || !row
    ? new Response(null, { status: 401 })
    : shown(id, row.revision, JSON.parse(row.state));
}

async function changeProfile(request: Request): Promise<Response> {
  const [id, { displayName }] = await Promise.all([caller(request), request.json() as Promise<User>]);
  const row = id === undefined ? null : user.one.get(id);
  if (id === undefined || !row) return new Response(null, { status: 401 });
  if (request.headers.get("if-match") !== `"${row.revision}"`) return new Response(null, { status: 412 });
  const state = { ...(JSON.parse(row.state) as User), displayName };
  await user.commit({ id, revision: row.revision, state, event: { type: "ProfileChanged", displayName } });
  return shown(id, row.revision + 1, state);
}

function catalogue(): Response {
  const rows = play.page.all("yes", 51).slice(0, 50);
  const items = rows.map(({ id, state }) => {
    const { status, latest } = JSON.parse(state);
    const published: Version = JSON.parse(play.version.get(`${id}-${latest.version}`)?.state ?? "");
    const { contracts, spenders, enter, adjust, exit, valuation, health, ...terms } = published.definition;
    const { version, digest, publishedAt } = published;
    return { id, version, digest, open: status === "published", status, publishedAt, ...terms };
  });
  return Response.json({ items });
}

Bun.serve({
  hostname: "127.0.0.1",
  port: Number(port),
  routes: {
    "/health/ready": () => new Response("ready"),
    "/v1/plays": () => catalogue(),
    "/v1/users/me": { GET: profile, PATCH: changeProfile },
  },
});
