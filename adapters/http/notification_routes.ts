import { Elysia, t } from "elysia";
import type { NotificationRefusal, NotificationService } from "../../domains/notification/mod.ts";
import { idSchema, instantSchema, oneOf, pageOf, pageQuery, whole } from "./_schemas.ts";
import { docs } from "./docs.ts";
import type { Guards } from "./guards.ts";
import { acceptedOr, type Problem } from "./problems.ts";

const refusals: Record<NotificationRefusal, Problem> = {
  "notification-not-found": { status: 404, title: "No such notification" },
};

const notification = t.Object({
  id: idSchema,
  cursor: t.String({ format: "uuid", description: "Sorts by age; `after` of the realtime feed" }),
  type: t.String({ examples: ["order.filled"] }),
  title: t.String({ examples: ["Order filled"] }),
  data: t.Object(
    {},
    {
      additionalProperties: true,
      description: "Ids and figures, by type",
      examples: [{ order: "019aaf3e-8a52-7cc2-9d14-0f6f8e2b1c55" }],
    },
  ),
  at: instantSchema,
  read: t.Boolean(),
});

const inbox = t.Composite([
  pageOf(notification),
  t.Object({
    unread: whole({ minimum: 0, maximum: 100, examples: [3], description: "100 stands for 100 or more" }),
  }),
]);

const empty = { 204: t.Undefined({ description: "Done" }) };

/** A user's inbox. */
export function notificationRoutes(notifications: NotificationService, guards: Guards) {
  return new Elysia({ prefix: "/v1/notifications", tags: ["Notifications"] })
    .use(guards)
    .get("", async ({ query: { limit = 50, after }, viewer }) => notifications.inbox(viewer.user, { limit, after }), {
      signedIn: true,
      query: pageQuery,
      response: { 200: inbox },
      detail: docs("listNotifications", "One's own notifications, newest first"),
    })
    .post(
      "/:id/read",
      async ({ params, viewer, set }) => {
        acceptedOr(await notifications.markRead(viewer.user, params.id), refusals);
        set.status = 204;
        return undefined;
      },
      {
        signedIn: true,
        params: oneOf,
        response: empty,
        detail: docs("readNotification", "Mark a notification as read", refusals),
      },
    )
    .post(
      "/read-all",
      async ({ viewer, set }) => {
        await notifications.markAllRead(viewer.user);
        set.status = 204;
        return undefined;
      },
      {
        signedIn: true,
        response: empty,
        detail: docs("readAllNotifications", "Mark all notifications so far as read"),
      },
    );
}
