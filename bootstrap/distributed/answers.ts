import type { Static } from "elysia";
import type { UserId, Viewer } from "../../domains/shared/mod.ts";
import { userView } from "../../domains/user/mod.ts";
import type { ServiceName } from "../service_names.ts";
import type { services } from "../services.ts";
import type { domainQuestions } from "./domain_questions.ts";

type Table = typeof domainQuestions;

/** An answer to every question of the table to a service, and to no other. */
type AnswersOf<Name extends ServiceName> = {
  readonly [Key in keyof Table as Key extends `${Name}.${infer Question}` ? Question : never]: (
    about: Static<Table[Key]["request"]>,
  ) => Promise<unknown>;
};

type Running<Name extends ServiceName> = Awaited<ReturnType<(typeof services)[Name]>>;

/** Other services ask in their own name: their accounts say what they may. */
const anyone: Viewer = { user: "lucent" as UserId, any: true };

/** What each service answers of its domain. */
export const answers: { readonly [Name in ServiceName]: (service: Running<Name>) => AnswersOf<Name> } = {
  user: ({ service }) => ({
    async get({ id }) {
      const { state } = await service.user(id);
      return state.status === "absent" ? null : userView(id as UserId, state);
    },
    keys: () => service.publicKeys(),
    async access({ user, session }) {
      const allowed = await service.permissionsOf(user as UserId, session);
      return allowed ? [...allowed] : null;
    },
    "use-step-up": async ({ token, user, action, digest }) =>
      (await service.useStepUp(token, user as UserId, action, digest)) ?? null,
  }),
  play: ({ service }) => ({
    async get({ id }) {
      const found = await service.one(id);
      return found.ok ? found.view : null;
    },
  }),
  wallet: ({ wallets }) => ({
    async get({ id }) {
      const found = await wallets.get(id, anyone);
      return found.ok ? found.view : null;
    },
    async balances({ id }) {
      const found = await wallets.balances(id, anyone);
      return found.ok ? found.items : null;
    },
  }),
  task: ({ service: { orders } }) => ({
    async "order.get"({ id }) {
      const found = await orders.get(id, anyone);
      return found.ok ? found.view : null;
    },
  }),
  portfolio: ({ service }) => ({
    get: async ({ id }) => ((await service.hasUser(id as UserId)) ? service.portfolio(id as UserId) : null),
  }),
  notification: () => ({}),
};
