import type { UserId, Viewer } from "../../domains/shared/mod.ts";
import { userView } from "../../domains/user/mod.ts";
import type { Questions } from "../../ports/messaging.ts";
import type { ServiceName, services } from "../services.ts";
import { fieldsOf } from "./about.ts";

type Handler = Parameters<Questions["answer"]>[1];
export type Answers = Readonly<Record<string, Handler>>;

type Running<Name extends ServiceName> = Awaited<ReturnType<(typeof services)[Name]>>;

/** Other services ask in their own name: their accounts say what they may. */
const anyone: Viewer = { user: "lucent" as UserId, any: true };

/** The answer to a question by id: what is not there is null. */
function byId(find: (id: string) => Promise<unknown>): Handler {
  return async (about) => (await find(fieldsOf(about).text("id"))) ?? null;
}

/** What each service answers of its domain. */
export const answers: { readonly [Name in ServiceName]: (service: Running<Name>) => Answers } = {
  user: ({ service }) => ({
    get: byId(async (id) => {
      const { state } = await service.user(id);
      return state.status === "absent" ? undefined : userView(id as UserId, state);
    }),
    keys: () => service.publicKeys(),
    async access(about) {
      const { text } = fieldsOf(about);
      const allowed = await service.permissionsOf(text("user") as UserId, text("session"));
      return allowed ? [...allowed] : null;
    },
    async "use-step-up"(about) {
      const { text } = fieldsOf(about);
      const user = text("user") as UserId;
      return (await service.useStepUp(text("token"), user, text("action"), text("digest"))) ?? null;
    },
  }),
  play: ({ service }) => ({
    get: byId(async (id) => {
      const found = await service.one(id);
      return found.ok ? found : undefined;
    }),
  }),
  wallet: ({ wallets }) => ({
    get: byId(async (id) => {
      const found = await wallets.get(id, anyone);
      return found.ok ? found.view : undefined;
    }),
    balances: byId(async (id) => {
      const found = await wallets.balances(id, anyone);
      return found.ok ? found.items : undefined;
    }),
  }),
  task: ({ service: { orders } }) => ({
    "order.get": byId(async (id) => {
      const found = await orders.get(id, anyone);
      return found.ok ? found.view : undefined;
    }),
  }),
  portfolio: ({ service }) => ({
    get: byId(async (id) => ((await service.hasUser(id as UserId)) ? service.portfolio(id as UserId) : undefined)),
  }),
  notification: () => ({}),
};
