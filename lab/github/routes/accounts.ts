/** Users, the organisation and its teams. */
import { Hono } from "hono";
import type { GitHubEnv } from "../app.ts";
import { notFound } from "../errors.ts";
import { renderTeam, renderUser } from "../render.ts";
import type { GitHubState } from "../state.ts";

export function accountRoutes({ options }: GitHubState): Hono<GitHubEnv> {
  const userOf = (login: string) => {
    const user = options.users.find((candidate) => candidate.login.toLowerCase() === login.toLowerCase());
    if (!user) throw notFound();
    return user;
  };
  const organizationOf = (login: string) => {
    if (login.toLowerCase() !== options.organization.toLowerCase()) throw notFound();
    return { id: 1, login: options.organization, node_id: "O_1", type: "Organization" };
  };
  const teamOf = (slug: string) => {
    const team = options.teams?.find((candidate) => candidate.slug === slug);
    if (!team) throw notFound();
    return team;
  };
  return new Hono<GitHubEnv>()
    .get("/user", (c) => c.json(renderUser(userOf(c.get("access").login))))
    .get("/users/:login", (c) => c.json(renderUser(userOf(c.req.param("login")))))
    .get("/users/:login/keys", (c) => c.json(userOf(c.req.param("login")) && []))
    .get("/users/:login/gpg_keys", (c) => c.json(userOf(c.req.param("login")) && []))
    .get("/orgs/:org", (c) => c.json(organizationOf(c.req.param("org"))))
    .get("/orgs/:org/teams/:slug", (c) => {
      organizationOf(c.req.param("org"));
      return c.json(renderTeam(teamOf(c.req.param("slug"))));
    });
}
